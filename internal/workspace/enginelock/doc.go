// Package enginelock reads the locks of the engine, and finds out whether whoever took one still lives.
//
// A backend that is files or objects keeps a lock for each engine that works on a stack. An engine that is killed
// leaves its lock behind, and the engine itself never asks whether the holder still lives. What says so is in the
// lock: the machine, the id of the process, and the time.
package enginelock
