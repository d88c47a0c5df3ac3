package wire

// Page is one page of a list. Total counts all records that the filter lets
// through, on this page or not, as it was when the first page was read.
type Page[T any] struct {
	Items         []T    `json:"items"`
	Total         int    `json:"total" doc:"how many records match on all pages"`
	NextPageToken string `json:"next_page_token,omitempty" doc:"hand it back as page_token for the next page; absent on the last one"`
}

// Limits of a list.
const (
	DefaultPageSize = 100
	MaxPageSize     = 5000
)

// Parameters of every list. Filter is words and field:value pairs, a minus in
// front turns one round; OrderBy is a field, a minus in front for descending.
const (
	ParamPageSize  = "page_size"
	ParamPageToken = "page_token"
	ParamFilter    = "filter"
	ParamOrderBy   = "order_by"
	ParamAccount   = "account"   // users, tokens, audit
	ParamUser      = "user_name" // tokens, audit
)
