package member

// UpperBound is upperBound, for its property.
var UpperBound = upperBound
