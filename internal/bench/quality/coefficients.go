package quality

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"weft/graph/analysis"
)

// layers name the layers of evidence on the command line, in their order.
var layers = [analysis.LayerCount]string{"issues", "coalitions", "campaigns", "people", "events", "words"}

// coefficient finds one of the coefficients by its name, of a layer as
// "Rarity.words".
func coefficient(c *analysis.Coefficients, name string) (get func() float64, set func(float64), err error) {
	field, layer, _ := strings.Cut(name, ".")
	v := reflect.ValueOf(c).Elem().FieldByName(field)
	if v.IsValid() && v.Kind() == reflect.Array {
		for k, l := range layers {
			if l == layer {
				v = v.Index(k)
			}
		}
	}
	switch {
	case v.IsValid() && v.Kind() == reflect.Float64:
		return v.Float, v.SetFloat, nil
	case v.IsValid() && v.Kind() == reflect.Int:
		return func() float64 { return float64(v.Int()) }, func(x float64) { v.SetInt(int64(x)) }, nil
	}
	return nil, nil, fmt.Errorf("there is no coefficient %q: say a field of analysis.Coefficients, of a layer Layer.%s", name, strings.Join(layers[:], " Layer."))
}

// changed reads "Alike=.5,Rarity.words=1" on top of the coefficients in use.
func changed(text string) (analysis.Coefficients, error) {
	c := analysis.Fitted()
	for _, part := range strings.Split(text, ",") {
		name, value, found := strings.Cut(part, "=")
		if !found {
			continue
		}
		_, set, err := coefficient(&c, name)
		if err != nil {
			return c, err
		}
		x, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return c, fmt.Errorf("%s is not a number", part)
		}
		set(x)
	}
	return c, nil
}
