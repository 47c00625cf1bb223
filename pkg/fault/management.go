package fault

// Codes of the management API (servers/deploy/.../schema/Errors.scala). 3015
// and 3016 mean something else there than in the data API.
const (
	ManagementToken        Code = 3015
	ManagementTokenExpired Code = 3016
	DatamodelSyntax        Code = 3017
	RelationAmbiguity      Code = 3018
	NoService              Code = 4000
	InvalidServiceName     Code = 4001
	InvalidStageName       Code = 4002
	RelationNameClash      Code = 4004
	ServiceExists          Code = 4005
	ReservedServiceName    Code = 4006
	ReservedStageName      Code = 4007
	DeploymentInProgress   Code = 4008
	TooManyServices        Code = 4009 // not Prisma 1's
)
