package analysis

import (
	"context"
	"reflect"
	"sync"
	"testing"
)

// What is asked of some kinds is what an answer for all kinds says of them.
func TestGapsOfSomeKindsAreAmongAll(t *testing.T) {
	w, _, _ := planted(t)
	worlds := []*world{w}
	for seed := range uint64(10) {
		worlds = append(worlds, randomWorld(t, 500+seed, false))
	}
	for n, w := range worlds {
		all, err := w.index().Find(t.Context(), GapQuestion{Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		for k, kind := range GapKinds {
			for _, kinds := range [][]GapKind{{kind}, {kind, GapKinds[(k+3)%len(GapKinds)]}} {
				some, err := w.index().Find(t.Context(), GapQuestion{Kinds: kinds, Limit: 3})
				if err != nil {
					t.Fatal(err)
				}
				of := all.Of(kinds)
				if of.Limited != some.Limited || len(of.Gaps) != len(some.Gaps) {
					t.Fatalf("world %d, %v: %d, limited: %v; asked alone %d, limited: %v", n, kinds, len(of.Gaps), of.Limited, len(some.Gaps), some.Limited)
				}
				for i := range of.Gaps {
					if !reflect.DeepEqual(of.Gaps[i], some.Gaps[i]) {
						t.Fatalf("world %d, %v: gap %d differs:\n%+v\n%+v", n, kinds, i, of.Gaps[i], some.Gaps[i])
					}
				}
			}
		}
	}
}

// questionsOf are the questions that may take long.
func questionsOf(ctx context.Context, w *world) map[string]func(*Index) (any, error) {
	return map[string]func(*Index) (any, error){
		"gaps":    func(ix *Index) (any, error) { return ix.Find(ctx, GapQuestion{}) },
		"health":  func(ix *Index) (any, error) { return ix.HealthOf(ctx, Reading{}) },
		"groups":  func(ix *Index) (any, error) { return ix.Communities(ctx, Reading{}) },
		"brokers": func(ix *Index) (any, error) { return ix.Brokers(ctx, Reading{Shared: true}, 100) },
		"allies":  func(ix *Index) (any, error) { return ix.Allies(ctx, AllyQuestion{Of: w.ids["Ash"]}) },
		"states":  func(ix *Index) (any, error) { return ix.StateOf(ctx, Reading{}, GapQuestion{}) },
	}
}

// Who asks hears how far the answer is, in parts of the whole, and may give up at any
// time; who asks the same index later gets the whole answer.
func TestProgressAndGivingUp(t *testing.T) {
	w, _, _ := planted(t)
	for name := range questionsOf(t.Context(), w) {
		var mu sync.Mutex
		told, last := 0, 0.0
		hear := Reporting(t.Context(), func(share float64) {
			mu.Lock()
			defer mu.Unlock()
			if share < 0 || share > 1 {
				t.Errorf("%s: %v of it is done", name, share)
			}
			told, last = told+1, max(last, share)
		})
		want, err := questionsOf(hear, w)[name](w.index())
		if err != nil {
			t.Fatal(err)
		}
		if name != "groups" && told == 0 || name == "gaps" && last < .9 {
			t.Errorf("%s: told %d times, at last that %v is done", name, told, last)
		}
		for stop := range told {
			ctx, cancel := context.WithCancel(t.Context())
			heard := 0
			giving := Reporting(ctx, func(float64) {
				mu.Lock()
				defer mu.Unlock()
				if heard++; heard > stop {
					cancel()
				}
			})
			ix := w.index()
			_, err := questionsOf(giving, w)[name](ix)
			cancel()
			if err == nil && stop < told/2 {
				t.Errorf("%s: given up after %d of %d reports and answered all the same", name, stop, told)
			}
			got, err := questionsOf(t.Context(), w)[name](ix)
			if err != nil {
				t.Fatal(err)
			}
			if s, is := got.(*State); is {
				s.Index = want.(*State).Index
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%s: after giving up at report %d the answer is another", name, stop)
			}
		}
	}
}
