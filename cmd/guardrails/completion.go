package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/workspace/project"
)

// completing knows the words of the stack files of a folder. Files that cannot be read complete nothing.
type completing struct{ f *flags }

type completion = func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective)

// completions gives every verb and flag that takes a name of a stack file the names that there are, in place of files.
func completions(f *flags, root *cobra.Command) {
	c := completing{f}
	words := map[string]func(*stack.Stack) []string{
		"stack": nil, "person": peopleOf, "as": peopleOf, "via": roles, "project": projects, "ticket": tickets,
		"opens": func(*stack.Stack) []string { return doorNames() }, "run-as": osUsers,
	}
	for _, verb := range root.Commands() {
		arguments := strings.Fields(verb.Use)[1:]
		if len(arguments) > 0 && strings.Trim(arguments[0], "[]") == "stack" {
			verb.ValidArgsFunction = c.arguments(arguments)
		}
		for name, listOf := range words {
			if verb.Flags().Lookup(name) == nil {
				continue
			}
			complete := c.values(listOf)
			if name == "stack" {
				complete = c.stackNames
			}
			if err := verb.RegisterFlagCompletionFunc(name, complete); err != nil {
				panic("guardrails: " + err.Error())
			}
		}
	}
}

// arguments completes what a verb takes: stacks, and for "stack person" and "stack ticket" the people or tickets of
// that stack.
func (c completing) arguments(names []string) completion {
	return func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 || strings.HasPrefix(names[len(names)-1], "...") {
			return c.stackNames(cmd, args, toComplete)
		}
		if len(args) == 1 && len(names) == 2 {
			listOf := map[string]func(*stack.Stack) []string{"person": peopleOf, "ticket": tickets}[names[1]]
			if listOf != nil {
				return c.values(listOf)(cmd, args, toComplete)
			}
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

func (c completing) stackNames(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	folder, err := project.Open(c.f.dir)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return slices.DeleteFunc(
		folder.Stacks(),
		func(name string) bool { return slices.Contains(args, name) },
	), cobra.ShellCompDirectiveNoFileComp
}

// values completes from the stacks that are named already, or from all.
func (c completing) values(listOf func(*stack.Stack) []string) completion {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		folder, err := project.Open(c.f.dir)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		named := slices.DeleteFunc(
			slices.Concat(args, c.f.stacks),
			func(name string) bool { return !slices.Contains(folder.Stacks(), name) },
		)
		stacks, _ := folder.Read(named...) // What cannot be read completes nothing.
		var all []string
		for _, s := range stacks {
			all = append(all, listOf(s)...)
		}
		slices.Sort(all)
		return slices.Compact(all), cobra.ShellCompDirectiveNoFileComp
	}
}

// peopleOf are the users of the stack, those of other stacks of the folder as alias/name, and those of IAM Identity
// Center.
func peopleOf(s *stack.Stack) []string {
	var all []string
	for _, u := range s.UserArgs() {
		all = append(all, u.Name)
	}
	for _, other := range s.Siblings {
		for name := range other.Users {
			all = append(all, cmp.Or(other.Alias, other.Stack)+"/"+name)
		}
		for _, name := range other.IdentityCenterUsers() {
			all = append(all, cmp.Or(other.Alias, other.Stack)+"/"+name)
		}
	}
	return all
}

func roles(s *stack.Stack) []string {
	var all []string
	for _, r := range s.Roles() {
		all = append(all, r.ARN[strings.LastIndexByte(r.ARN, '/')+1:])
	}
	for _, g := range s.AccessGrants() {
		all = append(all, g.RoleName())
	}
	for _, set := range s.PermissionSets() {
		all = append(all, set.Name)
	}
	return all
}

func projects(s *stack.Stack) []string {
	var all []string
	if a := s.Operation(); a != nil {
		for _, r := range a.Roles {
			all = append(all, r.ProjectList()...)
		}
	}
	if a := s.OSAccessTemplate(); a != nil {
		all = append(all, a.Projects...)
	}
	return slices.DeleteFunc(all, func(p string) bool { return p == "" })
}

func tickets(s *stack.Stack) []string {
	var all []string
	for _, g := range s.AccessGrants() {
		all = append(all, g.Ticket)
	}
	return all
}

func osUsers(s *stack.Stack) []string {
	var all []string
	if a := s.Operation(); a != nil {
		for _, r := range a.Roles {
			all = append(all, r.RunAs)
		}
	}
	for _, u := range s.UserArgs() {
		all = append(all, s.OSUserOf(s.Account.Partition.UserARN(s.Account.ID, u.Path, u.Name)))
	}
	return slices.DeleteFunc(all, func(u string) bool { return u == "" || strings.Contains(u, "${") })
}

func doorNames() []string {
	var all []string
	for _, d := range world.Doors() {
		all = append(all, string(d))
	}
	return all
}
