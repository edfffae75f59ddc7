// Package components holds the nouns of an account's guardrails as Pulumi components.
//
// Every noun has plain values as Args, a Validate that reports every problem at once, a pure half that renders its
// documents and adds them to a world of package access (AddTo), and a constructor that registers exactly those
// documents. So whatever is proven about the world is true of what is deployed.
//
//	guardrails:iam:MFAGroup           nobody in it does anything without MFA but enrol
//	guardrails:iam:User               a person: tags, group membership, never a secret
//	guardrails:iam:OperationRoles     a role per project and OS user, bounded to the nodes of its project
//	guardrails:iam:DelegatedRole      a role with managed policies for named people with fresh MFA
//	guardrails:ssm:SessionPreferences Run As, limits and logs of Session Manager, in every listed Region
//	guardrails:iam:PasswordPolicy     the account's password policy
//	guardrails:iam:OSAccess           what grants open, and the shared role of people who stand in the door
//	guardrails:iam:AccessGrant        a role for one person and one window of time
//	guardrails:ssm:JustInTime         approvals of just-in-time node access
//	guardrails:organizations:ServiceControlPolicies
//	                                  what nobody in the organization's accounts can do, planned and attached
//
// The constructors take plain values and no Pulumi inputs, on purpose: documents, names and ARNs are complete at
// preview. They register nothing when Validate has a problem. Children have the component as parent, carry the
// DependsOn of the caller, and are named <component>-<what>[-<key>] by configured names, never by an index: the names
// are part of every URN and do not change without an alias.
//
// No component ever holds a secret: no password, no access key, no MFA seed is made or read, so none is in the state.
package components
