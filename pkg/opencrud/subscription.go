package opencrud

import "github.com/prisma1-go/prisma1/pkg/graphql"

const noGraphQL = "The subscription query is invalid GraphQL."

// NoModel is said of a subscription that names no model.
const NoModel = "The provided query doesn't include any known model name. Please check for the latest subscriptions API."

// CheckSubscription returns what is wrong with a query for the events of a model
// (SubscriptionQueryValidator.scala).
func (a *API) CheckSubscription(query string, l graphql.Limits) []string {
	name, problem := graphql.SubscriptionField(query, l)
	switch {
	case problem != nil && problem.Syntax:
		return []string{noGraphQL}
	case problem != nil:
		return []string{problem.Message}
	}
	if _, known := a.Root(graphql.Subscription, name); !known {
		return []string{NoModel}
	}
	_, errs := graphql.Check(a.Schema, query, l)
	texts := make([]string, len(errs))
	for i, e := range errs {
		texts[i] = e.Message
	}
	return texts
}
