// Package adopt decides what becomes of things that exist in AWS already and that a stack file wants, or could want:
// what is written into the file, what the next deployment changes, what is left alone, and what cannot be taken over.
// It reads nothing itself and changes nothing itself.
//
// What the file says stands. What it leaves open is filled with what exists. A thing that the file does not have is
// taken only where somebody asks for it.
package adopt
