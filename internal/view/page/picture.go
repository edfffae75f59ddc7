package page

import (
	"fmt"
	"slices"
	"strconv"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/reach"
)

// organization is the tree of accounts with what there is to say of each.
type organization struct {
	name       string
	management string
	root       world.Unit
	hasTree    bool
	accounts   []*accountFacts
	byID       map[string]*accountFacts
	// flows are how many people of one account, or of IAM Identity Center (""), take roles in another.
	flows map[[2]string]int
}

type accountFacts struct {
	reach.Account
	unit string
	// people live here, comers take roles here from elsewhere, roles are those in use, doors the doors on nodes that
	// somebody has for certain.
	people, comers, roles, doors map[string]bool
	policies                     []world.ServiceControlPolicy
	known                        bool
}

func newOrganization(in Input) *organization {
	o := &organization{name: in.Project, byID: map[string]*accountFacts{}, flows: map[[2]string]int{}}
	for _, a := range in.Facts.Accounts {
		if slices.ContainsFunc(in.Judgements, judges(a.ID)) {
			o.account(a.ID).Account, o.account(a.ID).known = a, true
		}
	}
	for _, j := range in.Judgements {
		if p := j.Stack.ServiceControlPolicies(); p != nil && !o.hasTree {
			var w world.World
			p.AddToOrganization(&w)
			o.name, o.management, o.root, o.hasTree = w.Organization.ID, w.Organization.Management, w.Organization.Root, true
			o.place(&o.root, nil)
		}
	}
	counted := map[[2]string]bool{}
	for i := range in.Facts.Ways {
		o.add(&in.Facts.Ways[i], counted)
	}
	return o
}

// add notes one way: the person in the account where they live; role and doors in the account that they come to. A
// person is counted once for each account that they come to from elsewhere, however many roles they take there:
// counted are the pairs of person and account that were.
func (o *organization) add(w *reach.Way, counted map[[2]string]bool) {
	home, there := w.Person.Account.ID, w.Account().ID
	if w.Person.Kind == reach.IAMUser {
		a := o.account(home)
		a.Account = w.Person.Account
		a.people[w.Person.ARN] = true
	}
	if w.Nothing() || there == "" {
		return
	}
	a := o.account(there)
	if a.Alias == "" {
		a.Account = w.Account()
	}
	if r := w.Role(); r != nil {
		a.roles[r.ARN] = true
		if home != there {
			a.comers[w.Person.ARN] = true
			if pair := [2]string{w.Person.ARN, there}; !counted[pair] {
				counted[pair] = true
				o.flows[[2]string{home, there}]++
			}
		}
	}
	if len(w.Assumptions) > 0 {
		return // Its doors are not certain.
	}
	for _, d := range w.Doors {
		a.doors[string(d)] = true
	}
}

func (o *organization) account(id string) *accountFacts {
	a := o.byID[id]
	if a == nil {
		a = &accountFacts{
			Account: reach.Account{ID: id},
			people:  map[string]bool{},
			comers:  map[string]bool{},
			roles:   map[string]bool{},
			doors:   map[string]bool{},
		}
		o.byID[id] = a
		o.accounts = append(o.accounts, a)
	}
	return a
}

// place notes where each account of the tree is, and the service control policies above it.
func (o *organization) place(u *world.Unit, above []world.ServiceControlPolicy) {
	above = append(slices.Clip(above), u.Policies...)
	for _, member := range u.Accounts {
		a := o.account(member.ID)
		a.unit = unitName(u)
		if member.ID != o.management {
			a.policies = append(slices.Clone(above), member.Policies...)
		}
	}
	for i := range u.Units {
		o.place(&u.Units[i], above)
	}
}

func unitName(u *world.Unit) string {
	if u.Name == "" {
		return "Root"
	}
	return u.Name
}

// accountRow is an account as a row of a table.
type accountRow struct {
	ID, Name, Unit                  string
	People, Comers, Roles, Policies int
}

func (o *organization) rows() []accountRow {
	var all []accountRow
	for _, a := range o.accounts {
		all = append(
			all,
			accountRow{
				line(a.ID),
				line(accountName(a.Account)),
				line(a.unit),
				len(a.people),
				len(a.comers),
				len(a.roles),
				len(a.policies),
			},
		)
	}
	return all
}

// picture is a drawing of the organization: units as boxes, accounts as cards in them, and lines for people who work
// elsewhere than they live.
type picture struct {
	Width, Height int
	Label         string
	Boxes         []box
	Cards         []card
	Lines         []curve
	// Left says that lines were left out because there would be too many to see anything.
	Left int
}

type box struct {
	X, Y, W, H int
	Name, Note string
}

type card struct {
	X, Y, W, H      int
	ID, Account     string
	Name, Number    string
	First, Second   string
	Management, Dim bool
}

// curve is a line with its width and what it stands for.
type curve struct {
	Path, Words string
	Stroke      string
}

const (
	cardHeight = 92
	gap        = 14
	titleRoom  = 30
	maxLines   = 30
)

// drawing lays out one picture.
type drawing struct {
	*organization
	picture
	columns, cardWidth int
	centres            map[string][2]int
	drawn              map[string]bool
}

// draw lays the accounts out in columns of cards.
func (o *organization) draw(columns, cardWidth int) picture {
	d := &drawing{
		organization: o,
		columns:      columns,
		cardWidth:    cardWidth,
		centres:      map[string][2]int{},
		drawn:        map[string]bool{},
	}
	d.Width = columns*(cardWidth+gap) + 9*gap
	y := gap
	if portal := o.flowsFrom(""); portal > 0 {
		d.Cards = append(
			d.Cards,
			card{
				X:      2 * gap,
				Y:      y,
				W:      cardWidth,
				H:      78,
				Name:   "IAM Identity Center",
				Number: "the access portal",
				First:  plural(portal, "account is", "accounts are") + " reached from here",
			},
		)
		d.centres[""] = [2]int{2*gap + cardWidth/2, y + 39}
		y += 78 + gap
	}
	if o.hasTree {
		y = d.unit(&o.root, gap, y, d.Width-2*gap)
	}
	var rest []*accountFacts
	for _, a := range o.accounts {
		if !d.drawn[a.ID] {
			rest = append(rest, a)
		}
	}
	if len(rest) > 0 {
		title := "Accounts"
		if o.hasTree {
			title = "Accounts outside of the tree"
		}
		y = d.cards(title, "", rest, gap, y, d.Width-2*gap, nil)
	}
	d.Height = y
	d.flowLines()
	d.Label = fmt.Sprintf("The organization: %s in a tree of units", plural(len(o.accounts), "account", "accounts"))
	return d.picture
}

// flowsFrom is how many accounts are reached from one.
func (o *organization) flowsFrom(home string) int {
	n := 0
	for key := range o.flows {
		if key[0] == home {
			n++
		}
	}
	return n
}

// unit draws a unit with what is below it and returns where the next thing goes.
func (d *drawing) unit(u *world.Unit, x, y, width int) int {
	return d.cards(
		unitName(u),
		plural(len(u.Policies), "service control policy", "service control policies"),
		d.members(u),
		x,
		y,
		width,
		u.Units,
	)
}

func (d *drawing) members(u *world.Unit) []*accountFacts {
	var here []*accountFacts
	for _, member := range u.Accounts {
		here = append(here, d.account(member.ID))
	}
	return here
}

// widthOf is how wide a unit wants to be: as many cards as it has, or the units below it side by side.
func (d *drawing) widthOf(u *world.Unit) int {
	cards := gap + max(1, min(len(u.Accounts), d.columns))*(d.cardWidth+gap)
	below := gap
	for i := range u.Units {
		below += d.widthOf(&u.Units[i]) + gap
	}
	return max(cards, below)
}

// cards draws a box with cards in it, and the units below, side by side where there is room.
func (d *drawing) cards(name, note string, accounts []*accountFacts, x, y, width int, below []world.Unit) int {
	index := len(d.Boxes)
	d.Boxes = append(d.Boxes, box{X: x, Y: y, W: width, Name: line(name), Note: note})
	bottom := y + titleRoom
	columns := max(1, (width-gap)/(d.cardWidth+gap))
	wide := min(d.cardWidth, width-2*gap)
	for i, a := range accounts {
		cx, cy := x+gap+(i%columns)*(wide+gap), y+titleRoom+(i/columns)*(cardHeight+gap)
		d.card(a, cx, cy, wide)
		bottom = cy + cardHeight + gap
	}
	left, top := x+gap, bottom
	for i := range below {
		wants := min(d.widthOf(&below[i]), width-2*gap)
		if left+wants > x+width-gap && left > x+gap {
			left, top = x+gap, bottom
		}
		bottom = max(bottom, d.unit(&below[i], left, top, wants))
		left += wants + gap
	}
	d.Boxes[index].H = max(bottom-y, titleRoom)
	return y + d.Boxes[index].H + gap
}

func (d *drawing) card(a *accountFacts, x, y, width int) {
	d.drawn[a.ID] = true
	d.centres[a.ID] = [2]int{x + width/2, y + cardHeight/2}
	c := card{
		X:          x,
		Y:          y,
		W:          width,
		H:          cardHeight,
		ID:         line(a.ID),
		Account:    line(accountName(a.Account)),
		Name:       short(line(a.Alias), width/9),
		Number:     line(a.ID),
		Management: a.ID == d.management,
		Dim:        !a.known,
	}
	if c.Name == "" {
		c.Name = line(a.ID)
	}
	c.First = plural(len(a.people), "person lives here", "people live here")
	c.Second = plural(
		len(a.comers),
		"comes",
		"come",
	) + " in, " + plural(
		len(a.roles),
		"role",
		"roles",
	) + ", " + plural(
		len(a.doors),
		"door",
		"doors",
	)
	if c.Management {
		c.First = "management account"
	}
	if c.Dim {
		c.First, c.Second = "no stack file was read", ""
	}
	d.Cards = append(d.Cards, c)
}

// flowLines draws who works elsewhere, the thicker the more people.
func (d *drawing) flowLines() {
	var keys [][2]string
	for key := range d.flows {
		if d.centres[key[0]] != [2]int{} && d.centres[key[1]] != [2]int{} {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b [2]string) int {
		if n := d.flows[b] - d.flows[a]; n != 0 {
			return n
		}
		return slices.Compare(a[:], b[:])
	})
	d.Left = max(0, len(keys)-maxLines)
	for _, key := range keys[:len(keys)-d.Left] {
		from, to := d.centres[key[0]], d.centres[key[1]]
		home := "IAM Identity Center"
		if key[0] != "" {
			home = accountName(d.account(key[0]).Account)
		}
		// The line leaves at the right edge and bends outward, so that it crosses few cards.
		bend := (from[0]+to[0])/2 + 40
		d.Lines = append(d.Lines, curve{
			Path: fmt.Sprintf("M%d %d Q%d %d %d %d", from[0], from[1], bend, (from[1]+to[1])/2, to[0], to[1]),
			Words: line(
				fmt.Sprintf(
					"%s of %s in %s",
					plural(d.flows[key], "person", "people"),
					home,
					accountName(d.account(key[1]).Account),
				),
			),
			Stroke: strconv.Itoa(min(1+d.flows[key]/2, 6)),
		})
	}
}

// short cuts a text for a place of so many characters.
func short(s string, width int) string {
	if runes := []rune(s); len(runes) > width {
		return string(runes[:width-1]) + "…"
	}
	return s
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
