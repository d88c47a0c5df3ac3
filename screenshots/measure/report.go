package main

import (
	"fmt"
	"io"
	"slices"
)

// What is measured, in the order of the report.
const (
	firstFrame       = "first frame, ms"
	firstFrameLate   = "first frame, terminal 100 ms away, ms"
	firstFrameSilent = "first frame, terminal never answers, ms"
	allRows          = "all rows there, ms"
	moveTime         = "move key settled, ms"
	moveBytes        = "move key, bytes"
	scrollTime       = "scroll key settled, ms"
	scrollBytes      = "scroll key, bytes"
	memoryNow        = "memory after scrolling, MB"
	memoryPeak       = "memory at its peak, MB"
)

// report prints medians, the 95th of a hundred, and the ratio of the medians.
func report(w io.Writer, subjects []*subject) {
	fmt.Fprintf(w, "| median / p95 |")
	for _, s := range subjects {
		fmt.Fprintf(w, " %s |", s.name)
	}
	if len(subjects) == 2 {
		fmt.Fprint(w, " ratio |")
	}
	fmt.Fprint(w, "\n|---|")
	for range min(len(subjects)*2-1, 3) {
		fmt.Fprint(w, "---|")
	}
	fmt.Fprintln(w)
	for _, what := range []string{
		firstFrame, firstFrameLate, firstFrameSilent, allRows, moveTime, moveBytes, scrollTime, scrollBytes, memoryNow, memoryPeak,
	} {
		fmt.Fprintf(w, "| %s |", what)
		for _, s := range subjects {
			fmt.Fprintf(w, " %.4g / %.4g |", quantile(s.results[what], 0.5), quantile(s.results[what], 0.95))
		}
		if len(subjects) == 2 {
			fmt.Fprintf(w, " %.3f |", quantile(subjects[0].results[what], 0.5)/quantile(subjects[1].results[what], 0.5))
		}
		fmt.Fprintln(w)
	}
}

func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}
