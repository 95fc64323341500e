package secrecy

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/coder/websocket"

	"weft/graph"
	"weft/resolvers"
)

const eventsQuery = `subscription($after: ID) { changes(after: $after) { kind class id change introduction gap node { id name version updatedAt summary degree sources { id } } link { id version state note from { id } to { id } } } }`

// viewer is who looks, as package graph knows it.
func (p *plan) viewer() graph.Viewer {
	v := graph.Viewer{Account: "local", Level: []graph.Level{graph.LevelVisitor, graph.LevelMember, graph.LevelCoordinator}[p.rank]}
	if p.circle != "" {
		v.Coalitions = []graph.ID{p.circle}
	}
	return v
}

// watch subscribes as the viewer and carries out the live edits. Every edit of
// which the viewer may see something changes the beacon too; its event is
// waited for, so that events do not depend on how fast they are read.
func (c *script) watch(made []graph.ID) {
	web := httptest.NewServer(c.handler)
	defer web.Close()
	ctx, cancel := context.WithTimeout(c.Context(), 60*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(web.URL, "http")+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"},
		HTTPHeader: http.Header{"Origin": {web.URL}}})
	if err != nil {
		c.Fatal(err)
	}
	defer conn.CloseNow()
	conn.SetReadLimit(1 << 22)
	send := func(m vars) {
		b, err := json.Marshal(m)
		if err == nil {
			err = conn.Write(ctx, websocket.MessageText, b)
		}
		if err != nil {
			c.Fatal(err)
		}
	}
	// A reader who is so slow that it reads what several edits did at once.
	slow, err := c.directory.Subscribe(ctx, c.viewer(), graph.LIVE, "")
	if err != nil {
		c.Fatal(err)
	}
	drain := func(sign string) {
		for {
			var e graph.ChangeEvent
			select {
			case e = <-slow:
			case <-ctx.Done():
				c.Fatalf("world %d, %s: the slow reader waits for %q: %v", c.seed, c.variant, sign, ctx.Err())
			}
			told := fmt.Sprintf("%s %s %s \"change\":%q ", e.Kind, e.Class, e.ID, e.Change)
			switch {
			case e.Node != nil:
				told += string(graph.FieldsOfNode(e.Node).Canonical())
			case e.Link != nil:
				told += string(graph.FieldsOfLink(e.Link).Canonical())
			}
			c.keep("slow live event", "", told)
			if e.ID == c.beacon.id && e.Node.Core().Summary == sign {
				return
			}
		}
	}
	n := 0
	until := func(sign string) {
		for {
			_, b, err := conn.Read(ctx)
			if err != nil {
				c.Fatalf("world %d, %s: waiting for %q: %v", c.seed, c.variant, sign, err)
			}
			n++
			c.keep("live event", fmt.Sprint("message ", n), string(b))
			if strings.Contains(string(b), sign) {
				return
			}
		}
	}
	send(vars{"type": "connection_init", "payload": vars{resolvers.SeeAs: c.persona}})
	until("connection_ack")
	// With after the first event is RESET, which tells that we are heard.
	send(vars{"id": "1", "type": "subscribe", "payload": vars{"query": eventsQuery, "variables": vars{"after": drawID(c.r)}}})
	until("RESET")
	last, behind := -1, ""
	for i := range c.edits {
		if !c.edits[i].live {
			continue
		}
		if seen := c.apply(i, made); seen {
			behind = fmt.Sprint("edit ", i)
			until(behind + `"`)
		}
		if i%4 == 0 && behind != "" {
			drain(behind)
			behind = ""
		}
		last = i
	}
	// Whatever is still under way comes before this.
	c.random.set(last + 1)
	c.clock.Store(noon.Add(time.Hour).UnixMilli())
	change, err := c.directory.Edit(c.Context(), graph.Viewer{Account: "other", Level: graph.LevelSteward}, graph.Request{}, func(tx *graph.Tx) error {
		return tx.Change(c.beacon.id, nil, graph.Fields{"summary": "the end"})
	})
	if err != nil {
		c.Fatal(err)
	}
	c.changes[change.ID] = "the end"
	until("the end")
	drain("the end")
	conn.Close(websocket.StatusNormalClosure, "")
}
