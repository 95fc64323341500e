package graph

import "reflect"

// copyNode returns a copy that may be changed field by field; lists are shared
// and must be replaced, not written into.
func copyNode(n Node) Node {
	c := reflect.New(reflect.TypeOf(n).Elem())
	c.Elem().Set(reflect.ValueOf(n).Elem())
	return c.Interface().(Node)
}

// copyLink returns a copy with details of its own, as copyNode.
func copyLink(l *Link) *Link {
	c := *l
	if l.Details != nil {
		d := reflect.New(reflect.TypeOf(l.Details).Elem())
		d.Elem().Set(reflect.ValueOf(l.Details).Elem())
		c.Details = d.Interface().(Details)
	}
	return &c
}
