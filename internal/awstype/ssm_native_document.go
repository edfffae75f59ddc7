package awstype

import "aws-access-guardrails/internal/awstype/token"

// Cloud Control runs the handlers of AWS::SSM::Document with the permissions of its caller: the handlers' own
// list is the source, and for the calls of Cloud Control provider/pkg/client of the same repository at 43eed3b0.
var ssmNativeDocument = Type{
	Token:     token.NativeSSMDocument,
	ID:        ID{Inputs: []string{"name"}},
	Adopted:   ByNobody,
	Reflected: nothing,
	World:     ComparedAsResource,
	Guards: []Guard{
		{Component: "guardrails:ssm:JustInTime", Path: "guardrails:justInTime", Losing: "requests for node access are not decided by it any more"},
	},
	Calls: Calls{
		Source: Source{Repository: native, File: "aws-cloudformation-schema/aws-ssm-document.json", Commit: "1be43b27"},
		Calls: slicesOf(
			group(
				"PassRoleOfJustInTimeAccess",
				call(changed, "iam:PassRole").when("the document is an approval policy"),
			),
			group("ReadThroughCloudControl", call(looked, "cloudformation:GetResource")),
			group(
				"ReadDocumentsOfTheStack",
				call(
					looked,
					"ssm:DescribeDocument",
				),
				call(looked|Delete, "ssm:GetDocument"),
				call(looked, "ssm:ListTagsForResource"),
			),
			group("ChangeThroughCloudControl",
				call(Create, "cloudformation:CreateResource"), call(Update, "cloudformation:UpdateResource"),
				call(Create|Update|Delete, "cloudformation:GetResourceRequestStatus"),
			),
			group(
				"ChangeDocumentsOfTheStack",
				call(
					Create,
					"ssm:CreateDocument",
				),
				call(Create, "ssm:AddTagsToResource").when(ifTagged),
				call(Update, "ssm:AddTagsToResource").when(ifTagged),
				call(
					Update,
					"ssm:RemoveTagsFromResource",
				).when("tags go"),
				call(Update, "ssm:UpdateDocument").when(ifChanged),
				call(Update, "ssm:UpdateDocumentDefaultVersion").when(ifChanged),
			),
			group("RemoveThroughCloudControl", call(Delete, "cloudformation:DeleteResource")),
			group("RemoveDocumentsOfTheStack", call(Delete, "ssm:DeleteDocument")),
			withheld(
				"no document of a stack has an attachment",
				call(changed, "s3:GetObject").when("it has an attachment"),
			),
		),
	},
}
