package rests

// SomeOSUser stands for the OS user of somebody whose tags the world does not have.
const SomeOSUser = "somebody"

// MadeUp are account ids that proofs make up: one that the world happens to have is read like one that is named.
var MadeUp = []string{"123456789012", "999999999999"}

// AnotherDevice is a device name that no policy has a reason to know: the console lets people choose.
const AnotherDevice = "my-phone"
