package cloud

import (
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/cloudcontrol"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/plant"
	"aws-access-guardrails/internal/sandbox/cloud/ssm"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/internal/sandbox/cloud/store"
)

// Cloud is the whole of AWS as one sandbox knows it. Its clients are safe for concurrent use.
type Cloud struct {
	*api.World
	iam           *iam.State
	ssm           *ssm.State
	organizations *organizations.State
	ssoadmin      *ssoadmin.State
	planter       *plant.Planter

	// opened counts those who share the cloud of one state file; guarded by openClouds.
	opened int
	// run is the number of this opening among all openings of the world; zero until BeginRun counts it.
	run int
}

// openClouds are the clouds of this process by state file, so that the stacks of one folder share one AWS.
var openClouds = struct {
	sync.Mutex
	byPath map[string]*Cloud
}{byPath: map[string]*Cloud{}}

// Open opens the world of a state file, which is made if it does not exist; an empty path keeps the world in memory.
// Opening a file again in the same process gives the same Cloud. It fails where another process has the file open,
// and where the file is not a sandbox state.
func Open(path string, now func() time.Time) (*Cloud, error) {
	if path == "" {
		return open(path, now)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("sandbox state: %w", err)
	}
	openClouds.Lock()
	defer openClouds.Unlock()
	if c, ok := openClouds.byPath[path]; ok {
		c.opened++
		return c, nil
	}
	c, err := open(path, now)
	if err != nil {
		return nil, err
	}
	openClouds.byPath[path] = c
	return c, nil
}

func open(path string, now func() time.Time) (*Cloud, error) {
	world := api.NewWorld(now)
	systems, tree := ssm.NewState(world), organizations.NewState(world)
	identities := iam.NewState(world, systems, tree)
	center := ssoadmin.NewState(world, identities, tree)
	c := &Cloud{
		World:         world,
		iam:           identities,
		ssm:           systems,
		organizations: tree,
		ssoadmin:      center,
		planter:       plant.New(world, identities, systems, tree, center),
		opened:        1,
	}
	return c, world.Keep(path, c.tables())
}

// tables are the tables of the state file, in the order in which it has them.
func (c *Cloud) tables() []store.AnyTable {
	return []store.AnyTable{
		c.World.Accounts,
		c.iam.Users,
		c.iam.Groups,
		c.iam.Roles,
		c.iam.Policies,
		c.iam.Devices,
		c.ssm.Documents,
		c.ssm.Nodes,
		c.organizations.Organizations,
		c.organizations.Units,
		c.organizations.Members,
		c.organizations.OrganizationPolicies,
		c.organizations.Attachments,
		c.ssoadmin.IdentityCenters,
		c.ssoadmin.PermissionSets,
		c.ssoadmin.Assignments,
		c.iam.Enrolments,
		c.World.Counters,
		c.planter.Seeds,
	}
}

// Close ends the use of the cloud; the last to close a state file lets other processes have it.
func (c *Cloud) Close() error {
	openClouds.Lock()
	defer openClouds.Unlock()
	if c.opened--; c.opened > 0 {
		return nil
	}
	if c.World.Path() != "" {
		delete(openClouds.byPath, c.World.Path())
	}
	return c.World.Close()
}

// BeginRun counts this opening of the world, so that faults of the same seed differ from one to the next. Those who
// share an opening are one run.
func (c *Cloud) BeginRun(faults *api.Faults) error {
	return c.World.BeginRun(&c.run, faults)
}

// IAM returns a client of IAM.
func (c *Cloud) IAM(caller api.Caller) iam.Client { return c.iam.Client(caller) }

// SSM returns a client of Systems Manager.
func (c *Cloud) SSM(caller api.Caller) ssm.Client { return c.ssm.Client(caller) }

// Organizations returns a client of AWS Organizations.
func (c *Cloud) Organizations(caller api.Caller) organizations.Client {
	return c.organizations.Client(caller)
}

// SSOAdmin returns a client of IAM Identity Center.
func (c *Cloud) SSOAdmin(caller api.Caller) ssoadmin.Client { return c.ssoadmin.Client(caller) }

// IdentityStore returns a client of the directory of IAM Identity Center.
func (c *Cloud) IdentityStore(caller api.Caller) ssoadmin.IdentityStore {
	return c.ssoadmin.Directory(caller)
}

// CloudControl returns a client of AWS Cloud Control.
func (c *Cloud) CloudControl(caller api.Caller) cloudcontrol.Client {
	return cloudcontrol.New(c.World, caller)
}

// AddAWSManagedPolicies says which managed policies AWS has besides those that the sandbox knows: names with their
// paths.
func (c *Cloud) AddAWSManagedPolicies(names ...string) { c.iam.AddManaged(names...) }

// Plant puts the plants into the world, all of them or none. The errors name the paths.
func (c *Cloud) Plant(plants plant.Plants) error { return c.planter.Plant(plants) }
