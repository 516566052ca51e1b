package dpop

// Normal is normal, for its tests.
var Normal = normal
