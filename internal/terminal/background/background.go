// Package background keeps programs that import it from asking the terminal for the colour of its background.
//
// The Pulumi SDK imports github.com/charmbracelet/bubbletea, whose init function asks github.com/charmbracelet/lipgloss
// whether the background is dark. lipgloss then writes "ESC ] 11 ; ?" to the terminal, even when only standard input is
// redirected, and reads the answer from it for up to five seconds: what somebody types, or a script sends, in that time
// is lost. Nothing here needs to know the colour.
//
// Go initializes packages whose imports are initialized in the order of their import paths, and the path of this one
// comes before that of bubbletea. A test holds that nothing is asked.
package background

import "github.com/charmbracelet/lipgloss"

func init() { lipgloss.SetHasDarkBackground(true) }
