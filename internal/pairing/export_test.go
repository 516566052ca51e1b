package pairing

// Letters is how the codes of tests are made.
func Letters(s string) UserCode { return UserCode{s} }
