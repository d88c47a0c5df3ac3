package records

import "gatehouse/apiclient"

// shape is what the screen knows of a kind besides its columns.
type shape struct {
	sort  string // what the list is sorted by at first
	order string // what the backend is asked to sort by
	grows bool   // rows are only ever added, the newest first
	name  string // key of the value that people copy
}

func shapeOf(kind apiclient.Kind) shape {
	switch kind {
	case apiclient.KindEvent:
		return shape{sort: "-number", order: "-number", grows: true, name: "target"}
	case apiclient.KindToken:
		return shape{sort: "-created", name: "handle"}
	}
	return shape{sort: "name", name: "name"}
}
