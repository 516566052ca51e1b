package social

// For the fuzz target.
var (
	ParseMentions = parseMentions
	SplitMention  = splitMention
	Store         = store
	Render        = render
)
