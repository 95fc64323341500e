package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// journal is what writers did and what they were told. Every name is written
// under a key of its own, and sent again under it until it is acknowledged.
type journal struct {
	mu     sync.Mutex
	acked  map[string]string // by name, the id
	asked  int
	faults []fault // answers that were no acknowledgement

	slowest time.Duration // of those, until it came
}

// write lets n writers add organizations through the server that at returns
// now, until stop is closed. What a writer began it finishes: after stop it
// gives up only once patience has passed.
func (j *journal) write(n int, at func() *server, stop <-chan struct{}) (wait func()) {
	var writers sync.WaitGroup
	for w := range n {
		writers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				j.add(at, fmt.Sprintf("Group %d of writer %d, %d", i, w, rand.Int64()))
			}
		})
	}
	return writers.Wait
}

// add writes one organization until that is acknowledged or a minute has passed.
func (j *journal) add(at func() *server, name string) {
	j.mu.Lock()
	j.asked++
	j.mu.Unlock()
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		var a struct {
			AddNode struct{ Node struct{ ID string } }
		}
		begun := time.Now()
		faults, err := at().try("", addOrganization, vars{"name": name, "key": name, "summary": "Written while things break."}, &a)
		if err == nil && len(faults) == 0 {
			j.mu.Lock()
			j.acked[name] = a.AddNode.Node.ID
			j.mu.Unlock()
			return
		}
		j.mu.Lock()
		j.faults = append(j.faults, faults...)
		if len(faults) > 0 {
			j.slowest = max(j.slowest, time.Since(begun))
		}
		j.mu.Unlock()
	}
}

func (j *journal) count() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.acked)
}

// check compares the network with the journal: all that was acknowledged is
// there, once, and under the id that was told.
func (j *journal) check(t testing.TB, s *server) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	there := map[string][]string{}
	total := 0
	for after := (*string)(nil); ; {
		var page struct {
			Organizations struct {
				TotalCount int
				Nodes      []struct{ ID, Name string }
				PageInfo   struct {
					HasNextPage bool
					EndCursor   *string
				}
			}
		}
		s.ask(`query($after: String) { organizations(first: 1000, after: $after) { totalCount nodes { id name } pageInfo { hasNextPage endCursor } } }`, vars{"after": after}, &page)
		for _, n := range page.Organizations.Nodes {
			there[n.Name] = append(there[n.Name], n.ID)
		}
		total = page.Organizations.TotalCount
		if !page.Organizations.PageInfo.HasNextPage {
			break
		}
		after = page.Organizations.PageInfo.EndCursor
	}
	lost := 0
	for name, id := range j.acked {
		if got := there[name]; len(got) != 1 || got[0] != id {
			if lost++; lost < 5 {
				t.Errorf("%s was acknowledged as %s and is there as %v", name, id, got)
			}
		}
	}
	if len(j.acked) != j.asked || total != len(j.acked) {
		t.Errorf("%d were asked for, %d acknowledged, %d are there", j.asked, len(j.acked), total)
	}
}

// A server that is killed or stopped while four clients write loses nothing that it
// acknowledged, keeps nothing by halves and doubles nothing that was sent again.
func TestKilledWhileWriting(t *testing.T) {
	t.Parallel()
	db := file(t)
	var current atomic.Pointer[server]
	current.Store(serve(t, nil, "--store", "sqlite:"+db, "--quiet"))
	j := &journal{acked: map[string]string{}}
	stop := make(chan struct{})
	wait := j.write(4, current.Load, stop)
	for kill := range 7 {
		before := j.count()
		for j.count() < before+50 {
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
		if kill < 5 {
			current.Load().kill()
		} else { // asking it to stop must lose as little
			current.Load().stop()
		}
		if r := process(t, nil, "verify", "--store", "sqlite:"+db); r.code != 0 || !strings.Contains(r.out, "All is sound.") {
			t.Errorf("after kill %d: %+v", kill, r)
		}
		begun := time.Now()
		current.Store(serve(t, nil, "--store", "sqlite:"+db, "--quiet"))
		if took := time.Since(begun); took > later {
			t.Errorf("serving again took %v", took)
		}
	}
	close(stop)
	wait()
	j.check(t, current.Load())
	current.Load().stop()
	if r := process(t, nil, "verify", "--store", "sqlite:"+db); r.code != 0 || !strings.Contains(r.out, fmt.Sprintf("%d changes in the log", j.count())) {
		t.Errorf("%+v, acknowledged were %d", r, j.count())
	}
	t.Logf("5 kills and 2 stops, %d acknowledged writes", j.count())
}

// A backup is made beside a server that goes on writing, and holds a whole
// network of a moment meanwhile.
func TestBackupWhileServing(t *testing.T) {
	t.Parallel()
	db := file(t)
	s := serve(t, nil, "--store", "sqlite:"+db, "--quiet")
	j := &journal{acked: map[string]string{}}
	stop := make(chan struct{})
	wait := j.write(4, func() *server { return s }, stop)
	for i := range 3 {
		for before := j.count(); j.count() < before+50; {
			time.Sleep(5 * time.Millisecond)
		}
		backup := filepath.Join(t.TempDir(), fmt.Sprint(i))
		least := j.count()
		if r := process(t, nil, "backup", backup, "--store", "sqlite:"+db); r.code != 0 {
			t.Fatalf("%+v", r)
		}
		most := j.count() + 4 // and those that are kept and not yet told
		r := process(t, nil, "verify", "--store", "sqlite:"+backup, "--key-file", db+".key")
		var nodes int
		if _, err := fmt.Sscanf(r.out, "%d nodes", &nodes); err != nil || r.code != 0 || nodes < least || nodes > most {
			t.Errorf("a backup made between %d and %d writes: %+v", least, most, r)
		}
	}
	close(stop)
	wait()
	if len(j.faults) > 0 {
		t.Errorf("a write was refused because of a backup: %+v", j.faults[0])
	}
	j.check(t, s)
}

// A full disk is told, harms nothing, and is over when there is room again.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8m")
	if errors.Is(err, syscall.EPERM) {
		t.Skip("SKIPPED: mounting a small disk needs root")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	ballast, db := filepath.Join(dir, "ballast"), filepath.Join(dir, "weft.db")
	if err := os.WriteFile(ballast, make([]byte, 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, nil, "--store", "sqlite:"+db, "--quiet")
	acked := 0
	summary := strings.Repeat("Room is running out. ", 150)
	add := func() (fault, bool) {
		faults, err := s.try("", addOrganization, vars{"name": fmt.Sprint("Group ", acked), "summary": summary}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(faults) > 0 {
			return faults[0], false
		}
		acked++
		return fault{}, true
	}
	for round := range 2 {
		f, ok := add()
		for ok && acked < 10_000 {
			f, ok = add()
		}
		if f.Extensions.Code != "UNAVAILABLE" || !strings.Contains(f.Message, "disk") || !strings.Contains(f.Message, "free some space") {
			t.Errorf("after %d writes: %+v", acked, f)
		}
		if strings.Contains(f.Message, dir) || strings.Contains(f.Message, "SQLITE") {
			t.Errorf("the message carries internals: %s", f.Message)
		}
		// Reads go on, and what was refused is not there.
		if n, _ := s.counts(); n != acked {
			t.Errorf("%d nodes, acknowledged were %d", n, acked)
		}
		var a struct{ Search counted }
		s.ask(`{ search(text: "Group 0") { totalCount } }`, nil, &a)
		if a.Search.TotalCount == 0 {
			t.Error("nothing is found on a full disk")
		}
		if round == 1 {
			break
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		for _, ok = add(); !ok && time.Since(begun) < later; _, ok = add() {
			time.Sleep(20 * time.Millisecond)
		}
		if took := time.Since(begun); took > soon {
			t.Errorf("writes went on after %v", took)
		}
	}
	s.stop()
	// An import is one change: of one that does not fit nothing is there.
	wide := filepath.Join(t.TempDir(), "wide")
	if err := os.Mkdir(wide, 0o700); err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	rows.WriteString("id,kind,name,summary\n")
	for i := range 4_000 {
		fmt.Fprintf(&rows, "w%d,Organization,Wide %d,%s\n", i, i, summary)
	}
	if err := errors.Join(os.WriteFile(filepath.Join(wide, "nodes.csv"), []byte(rows.String()), 0o600),
		os.WriteFile(filepath.Join(wide, "links.csv"), []byte("id,kind,from,to\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if r := process(t, nil, "import", wide, "--store", "sqlite:"+db); r.code != 1 || !strings.Contains(r.err, "free some space") {
		t.Errorf("an import onto a full disk: %+v", r)
	}
	if r := process(t, nil, "verify", "--store", "sqlite:"+db); r.code != 0 || !strings.Contains(r.out, fmt.Sprintf("%d nodes", acked)) {
		t.Errorf("%+v, acknowledged were %d", r, acked)
	}
	t.Logf("%d writes fitted onto 8 MiB", acked)
}
