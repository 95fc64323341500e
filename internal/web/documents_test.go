package web

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"weft/internal/web/testdata/social"
)

func someDocuments() *documents {
	return newDocuments(social.NewExecutableSchema(social.Config{}).Schema(), Limits{}.withDefaults())
}

func TestAcceptedDocumentsAreRemembered(t *testing.T) {
	d := someDocuments()
	first, errs, _ := d.accept(`{ viewer }`)
	if errs != nil {
		t.Fatal(errs)
	}
	if again, _, _ := d.accept(`{ viewer }`); again != first {
		t.Error("parsed twice")
	}
	for _, refused := range []string{`{`, `{ nothing }`, strings.Repeat("{a", 50)} {
		if _, errs, _ := d.accept(refused); errs == nil {
			t.Errorf("%s was accepted", refused)
		}
	}
	if d.recent.Len() != 1 || len(d.byText) != 1 {
		t.Errorf("%d documents are kept, want the accepted one", d.recent.Len())
	}
}

func TestRememberedDocumentsAreBounded(t *testing.T) {
	d := someDocuments()
	d.maxEntries, d.maxCost = 10, 1<<20
	first, _, _ := d.accept(`query Q0 { viewer }`)
	for i := range 25 {
		if _, errs, _ := d.accept(fmt.Sprintf("query Q%d { viewer }", i)); errs != nil {
			t.Fatal(errs)
		}
		if again, _, _ := d.accept(`query Q0 { viewer }`); again != first {
			t.Fatalf("what is used all the time was forgotten after %d others", i)
		}
	}
	if d.recent.Len() != 10 || len(d.byText) != 10 {
		t.Errorf("%d entries", d.recent.Len())
	}
	if d.get(`query Q3 { viewer }`) != nil || d.get(`query Q24 { viewer }`) == nil {
		t.Error("what was used last is not what is kept")
	}
	d = someDocuments()
	d.maxCost = 1 << 20
	for i := range 25 {
		d.accept(fmt.Sprintf("query Q%d { person { %s } }", i, strings.Repeat("name ", 490)))
	}
	if n := d.recent.Len(); n < 1 || n > 10 {
		t.Errorf("%d dear documents are kept, cost %d", n, d.cost)
	}
	sum := 0
	for e := d.recent.Front(); e != nil; e = e.Next() {
		sum += e.Value.(*document).cost
	}
	if sum != d.cost || d.cost > d.maxCost {
		t.Errorf("cost is %d, the sum of all %d, the limit %d", d.cost, sum, d.maxCost)
	}
}

// The estimate of a document's memory is not below what the densest documents
// take, so the bound on the cache is one.
func TestCostIsNotTooLow(t *testing.T) {
	d := someDocuments()
	const n = 60
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for i := range n {
		if _, errs, _ := d.accept(fmt.Sprintf("query Q%d{person{%s}}", i, strings.Repeat("name ", 490))); errs != nil {
			t.Fatal(errs)
		}
	}
	took := int(heap() - before)
	t.Logf("%d documents take %d bytes, estimated %d", d.recent.Len(), took, d.cost)
	if perDoc := took / d.recent.Len(); perDoc > d.cost/d.recent.Len() {
		t.Errorf("a document takes %d bytes, estimated %d", perDoc, d.cost/d.recent.Len())
	}
	runtime.KeepAlive(d)
}

func TestDocumentsAreShared(t *testing.T) {
	d := someDocuments()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 200 {
				if _, errs, _ := d.accept(fmt.Sprintf("query Q%d { viewer }", i%20)); errs != nil {
					t.Error(errs)
				}
			}
		})
	}
	all.Wait()
	if d.recent.Len() != 20 || len(d.byText) != 20 {
		t.Errorf("%d and %d documents, want 20", d.recent.Len(), len(d.byText))
	}
}

func TestShorten(t *testing.T) {
	for in, want := range map[string]string{"": "", "abc": "abc", "abcd": "abcd", "abcde": "abcd…", "жжж": "жж…", "aжжж": "aж…"} {
		if got := shorten(in, 4); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
