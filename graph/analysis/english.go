package analysis

import (
	"fmt"
	"math"
	"strings"

	"weft/graph"
)

// english is every message in English. {name} is an argument as it is written,
// {name|one|many} chooses by its number, or by how many nodes it lists.
var english = map[string]string{
	"gap.tie":          "{a} and {b} have much in common and no tie",
	"gap.member":       "{actor} would fit {coalition} and is not in it",
	"gap.issue":        "{workers|Only one group works|No group works} on {issue}",
	"gap.capacity":     "{subject} lacks {capacity}",
	"gap.voice":        "Nobody of {communities} has a voice in {subject}",
	"gap.silo":         "Those who work on {a} and those who work on {b} have no tie, though the issues drive one another",
	"gap.bridge.actor": "{actor} alone holds parts of the network together",
	"gap.bridge.tie":   "The tie between {a} and {b} alone holds two parts together",
	"gap.bridge.hub":   "{actor} carries most of the paths between the others",
	"gap.cold":         "{a} and {b} have had no recorded contact for {silent}",
	"gap.target":       "{campaign} does not reach {target}",
	"gap.stale":        "The record of {record} was last confirmed {age} ago",

	"tie.shared.issue":     "both work on {group}, {size} {size|group|groups} you can see",
	"tie.shared.coalition": "both are in {group}, {size} {size|member|members} you can see",
	"tie.shared.campaign":  "both lead or support {group}, {size} you can see",
	"tie.shared.person":    "both share {group}, tied to {size} you can see",
	"tie.shared.event":     "both took part in {group}, {size} you can see",
	"tie.more":             "they have in common: {others}",
	"tie.second":           "{through} {through|is|are} close to both, {count} in all",
	"tie.partners":         "{count} shared {count|partner|partners}: {partners}",
	"tie.alike":            "{through}, close to one of them, {through|is|are} tied to the other; {count} such {count|actor|actors} in all",
	"tie.words":            "both are described with the words {words}",
	"tie.place":            "both are in {place}",
	"tie.capacity":         "{lacks} lacks {capacities}, which {has} offers",
	"value.constraint":     "a tie would make them depend {drop} less on the same circle",
	"value.reach":          "a tie would widen whom they reach by {reach}",
	"value.crossing":       "they belong to different groups",
	"value.cover":          "{actor} would cover {cover} of what {coalition} still needs: {capacities}",
	"value.circle":         "{count} {count|actor|actors} around {actor} would come within reach, {reach} of its circle",

	"member.alike":    "is in {other}, whose members are often in {coalition}",
	"member.near":     "is in coalitions that are close to {coalition}: {others}",
	"member.unlike":   "is in {others}, whose members are seldom in {coalition}",
	"member.kin":      "shares other coalitions with {count} {count|member|members} of {coalition}, most with {who}",
	"member.content":  "is in {other}, which is about the same things as {coalition}",
	"member.words":    "describes itself in the same words: {words}",
	"member.place":    "is in {place}, as the coalition is",
	"member.issue":    "works on {issue}, as the coalition does",
	"member.partners": "is tied to members: {partners}",
	"member.brings":   "brings {capacities}, which {coalition} needs",

	"issue.urgent":       "{issue} is {horizon}",
	"issue.affects":      "it affects {communities}",
	"capacity.needed":    "{subject} records a need for {capacity}",
	"capacity.issue":     "those who work on {subject} need {capacity}",
	"capacity.urgent":    "{issues} {issues|is|are} pressing",
	"capacity.reachable": "{who}, within two ties, {who|offers|offer} {capacity}",
	"voice.affected":     "{communities} {communities|is|are} affected by {issues}",
	"voice.urgent":       "{issues} {issues|is|are} pressing",
	"silo.drives":        "{a} drives {b}",
	"silo.apart":         "{countA} {countA|works|work} on {a} and {countB} on {b}, with no tie and no shared coalition",
	"silo.urgent":        "{a} or {b} is pressing",
	"bridge.parted":      "without it {count} {count|node|nodes} would be cut off, in {parts} parts",
	"bridge.carries":     "{share} of the shortest paths between others go through it",
	"cold.silent":        "silent for {silent}; {limit} is long for a tie of this kind",
	"cold.habit":         "silent for {silent}; these two rarely let {limit} pass",
	"cold.mattered":      "a tie of strength {strength}, {state}",
	"target.power":       "{target} has power {power} over the goal",
	"target.unreached":   "none of {team} who lead or support the campaign has a path of influence to {target}",
	"target.weak":        "the best path to {target} carries only {strength}",
	"stale.links":        "{count} {count|link|links} you can see {count|hangs|hang} on a record that is {age} old",
	"stale.gaps":         "{count} other {count|gap|gaps} {count|rests|rest} on a record that is {age} old",

	"next.introduce.broker":   "Introduce {a} and {b} through {broker}",
	"next.introduce.group":    "Introduce {a} and {b} through {group}",
	"next.introduce.directly": "Introduce {a} and {b}",
	"next.same":               "Check whether {a} and {b} are two records of one, which can be merged",
	"next.invite":             "Invite {actor} into {coalition}",
	"next.invite.broker":      "Invite {actor} into {coalition} through {broker}",
	"next.invite.voice":       "Invite {who} into {subject}, with support",
	"next.recruit":            "Find a group to work on {issue}",
	"next.ask":                "Ask {who} for {capacity}",
	"next.seek":               "Seek somebody outside the network who offers {capacity}",
	"next.seek.open":          "Seek somebody who has influence on {target}",
	"next.convene":            "Convene {who}",
	"next.backup":             "Tie the neighbours of {actor} to each other",
	"next.backup.tie":         "Make a second tie between the circles of {a} and {b}",
	"next.renew":              "Renew the contact between {a} and {b}",
	"next.open":               "Open a path to {target} through {who}",
	"next.confirm":            "Confirm the record of {record}",

	"step.out":      "{from} {kind} {to}",
	"step.in":       "{to} {kind} {from}",
	"group.issues":  "{issues}",
	"group.around":  "around {hub}",
	"coverage.hole": "{count} {count|covers|cover} {row} × {column}, where one would expect {expected}",
	"health.empty":  "You see no actors here",
	"health":        "{nodes} {nodes|actor|actors} and {ties} {ties|tie|ties}; {giant} hang together, {alone} {alone|stands|stand} alone, and {hub} has {hubShare} of the ties",
	"compare":       "From {from} to {to}: {added} {added|link|links} began, {ended} ended, {strengthened} {strengthened|tie|ties} grew stronger; {closed} {closed|gap|gaps} closed and {opened} opened",
	"suppose":       "{added} {added|link|links} would begin and {ended} end, {strengthened} {strengthened|tie|ties} would grow stronger; {closed} {closed|gap|gaps} would close and {opened} open",
}

// MessageKeys returns the English sentence of every key, for translators.
func MessageKeys() map[string]string {
	out := make(map[string]string, len(english))
	for k, v := range english {
		out[k] = v
	}
	return out
}

// English says a message in English. A key it does not know is said as it is.
func English(m Message) string {
	text, ok := english[m.Key]
	if !ok {
		return m.Key
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		inside, after, _ := strings.Cut(rest, "}")
		b.WriteString(m.say(strings.Split(inside, "|")))
		text = after
	}
}

// English says the message in English.
func (m Message) English() string { return English(m) }

// say writes one place of a template: a name, or a name with its two forms.
func (m Message) say(parts []string) string {
	for _, a := range m.Args {
		if a.Name != parts[0] {
			continue
		}
		if len(parts) == 3 {
			if a.Number == 1 || len(a.Nodes) == 1 {
				return parts[1]
			}
			return parts[2]
		}
		return a.english()
	}
	return ""
}

func (a Arg) english() string {
	switch a.Type {
	case ArgNode, ArgNodes:
		return list(a.Names, max(len(a.Names), int(a.Number)))
	case ArgCount:
		return fmt.Sprintf("%.0f", a.Number)
	case ArgNumber:
		return fmt.Sprintf("%.1f", a.Number)
	case ArgPercent:
		return fmt.Sprintf("%.0f%%", 100*a.Number)
	case ArgDays:
		return span(int(a.Number))
	case ArgDate:
		return a.Date.String()
	case ArgWords:
		out := make([]string, len(a.Words))
		for k, w := range a.Words {
			if i := graph.LinkInfoOf(graph.LinkKind(w)); i != nil && a.Text == "LinkKind" {
				out[k] = i.Label
			} else {
				out[k] = strings.ToLower(strings.ReplaceAll(w, "_", " "))
			}
		}
		return list(out, len(out))
	}
	return a.Text
}

const named = 3 // names said before "and n more"

// list says the first names of so many.
func list(names []string, n int) string {
	switch {
	case n == 0:
		return "nobody"
	case n == 1:
		return names[0]
	case n > named:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:named], ", "), n-named)
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// span says a number of days in the unit it is remembered by.
func span(days int) string {
	say := func(n int, unit string) string {
		if n == 1 {
			return "1 " + unit
		}
		return fmt.Sprintf("%d %ss", n, unit)
	}
	switch {
	case days >= 730:
		return say(int(math.Round(float64(days)/365)), "year")
	case days >= 60:
		return say(int(math.Round(float64(days)/30.4)), "month")
	}
	return say(days, "day")
}
