package operation

// FromUser reports whether everybody's shells of the role start as the OS user of his or her own.
func (r Role) FromUser() bool { return r.RunAs == RunAsFromUser }
