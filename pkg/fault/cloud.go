package fault

// Codes of the cloud's API; the original's are not known.
const (
	NotAuthorized Code = 5001
	CloudRefused  Code = 5002 // the sentence says why
)
