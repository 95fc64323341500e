package graph

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Date is a calendar date of which the month or the day may be unknown: 2019,
// 2019-05 or 2019-05-04. The zero Date is an unknown date. Unknown parts stay
// unknown: a Date is an interval of days, from [Date.First] to [Date.Last].
type Date int32 // year<<9 | month<<5 | day, 0 for unknown parts

// NewDate returns the date of the given parts; month and day may be 0 for
// unknown. It returns an INVALID error for a day that does not exist and for
// years outside 1..9999.
func NewDate(year, month, day int) (Date, error) {
	bad := func() (Date, error) {
		return 0, Errorf(INVALID, "%04d-%02d-%02d is not a date: write 2019, 2019-05 or 2019-05-04", year, month, day)
	}
	switch {
	case year < 1 || year > 9999 || month < 0 || month > 12 || day < 0 || day > 31 || (month == 0 && day != 0):
		return bad()
	case day > 0 && time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() != day:
		return bad()
	}
	return Date(year<<9 | month<<5 | day), nil
}

// ParseDate reads 2019, 2019-05 or 2019-05-04; the empty text is the unknown date.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return 0, nil
	}
	bad := Errorf(INVALID, "%.40q is not a date: write 2019, 2019-05 or 2019-05-04", s)
	if len(s) != 4 && len(s) != 7 && len(s) != 10 {
		return 0, bad
	}
	part := func(from, to int) int {
		if len(s) < to {
			return 0
		}
		if from > 0 && s[from-1] != '-' {
			return -1
		}
		n := 0
		for i := from; i < to; i++ {
			if s[i] < '0' || s[i] > '9' {
				return -1
			}
			n = n*10 + int(s[i]-'0')
		}
		if n == 0 {
			return -1
		}
		return n
	}
	d, err := NewDate(part(0, 4), part(5, 7), part(8, 10))
	if err != nil {
		return 0, bad
	}
	return d, nil
}

// DateOf returns the day of t in UTC.
func DateOf(t time.Time) Date {
	t = t.UTC()
	return Date(t.Year()<<9 | int(t.Month())<<5 | t.Day())
}

// IsZero reports whether nothing is known of the date.
func (d Date) IsZero() bool { return d == 0 }

// Parts returns year, month and day, 0 for what is unknown.
func (d Date) Parts() (year, month, day int) {
	return int(d >> 9), int(d>>5) & 15, int(d) & 31
}

// String returns the ISO form at the precision known, "" for the zero Date.
func (d Date) String() string {
	y, m, day := d.Parts()
	switch {
	case d == 0:
		return ""
	case m == 0:
		return fmt.Sprintf("%04d", y)
	case day == 0:
		return fmt.Sprintf("%04d-%02d", y, m)
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, day)
}

// First returns the first day the date may mean; the zero Date stays zero.
func (d Date) First() Date {
	y, m, day := d.Parts()
	if d == 0 {
		return 0
	}
	return Date(y<<9 | max(m, 1)<<5 | max(day, 1))
}

// Last returns the last day the date may mean; the zero Date stays zero.
func (d Date) Last() Date {
	y, m, day := d.Parts()
	switch {
	case d == 0:
		return 0
	case m == 0:
		return Date(y<<9 | 12<<5 | 31)
	case day == 0:
		return Date(y<<9 | m<<5 | time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day())
	}
	return d
}

// Days returns the number of days from 1970-01-01 to the first day of d,
// for ages and distances. It returns 0 for the zero Date.
func (d Date) Days() int {
	y, m, day := d.First().Parts()
	if d == 0 {
		return 0
	}
	return int(time.Date(y, time.Month(m), day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Before reports whether d is certainly before e: the last day d may mean is
// before the first that e may mean. Unknown dates are before nothing.
func (d Date) Before(e Date) bool { return d != 0 && e != 0 && d.Last() < e.First() }

// Compare orders dates for lists: by first day, the more precise later, the
// unknown date before all others.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.First(), e.First()), cmp.Compare(d, e))
}

// Covers reports whether the time from since to until may include the day: an
// unknown start is always, an unknown end is still, and a partial date counts
// when its interval touches the day.
func Covers(since, until, day Date) bool {
	return (since == 0 || since.First() <= day) && (until == 0 || until.Last() >= day)
}

// Overlap reports whether two times, each from since to until, may share a day.
func Overlap(since1, until1, since2, until2 Date) bool {
	return (until1 == 0 || since2 == 0 || since2.First() <= until1.Last()) &&
		(until2 == 0 || since1 == 0 || since1.First() <= until2.Last())
}

// MarshalText writes the ISO form.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO form.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}

// MarshalJSON writes the ISO form as a string, the unknown date as "".
func (d Date) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// MarshalGQL writes the date for GraphQL: an ISO string, null when unknown.
func (d Date) MarshalGQL(w io.Writer) {
	if d == 0 {
		io.WriteString(w, "null")
		return
	}
	io.WriteString(w, strconv.Quote(d.String()))
}

// UnmarshalGQL reads an ISO string; null is the unknown date.
func (d *Date) UnmarshalGQL(v any) error {
	switch v := v.(type) {
	case nil:
		*d = 0
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	}
	return Errorf(INVALID, "a date is text: 2019, 2019-05 or 2019-05-04")
}
