package literal

// Cents is the fraction of a number; empty for a whole one.
func (d Decimal) Cents() string { return d.fraction }

// Sign tells whether a number is below zero, and whether it is at least one.
func (d Decimal) Sign() (negative, one bool) { return d.negative, d.whole != "" }
