package dto

// HealthBody says that all is well.
func HealthBody() Body { return bodyOf(Health{Status: "ok"}) }
