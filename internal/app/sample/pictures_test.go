package sample

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"math"
	"os"
	"path"
	"slices"
	"testing"

	"jarchi.dev/jarchi/internal/wire"
)

// The pictures of the sample are drawn here: maps and a chart of places that do not exist, without
// words, so that they serve every language. To draw them anew: go test -run TestPictures -draw .
var draw = flag.Bool("draw", false, "draw the pictures anew")

const (
	width, height = 640, 400
	fine          = 3 // each pixel is the mean of so many squared
)

// The palette; its first colour is the ground.
var palette = []color.RGBA{
	{0xFB, 0xFA, 0xF7, 0xFF}, // paper
	{0xF1, 0xEF, 0xEA, 0xFF}, // land beside
	{0xE7, 0xEC, 0xE3, 0xFF}, // land below
	{0x9F, 0xC3, 0xE0, 0xFF}, // water
	{0x1F, 0x5A, 0x8C, 0xFF}, // deep water, river
	{0x8A, 0x85, 0x7A, 0xFF}, // borders
	{0x1B, 0x1D, 0x21, 0xFF}, // ink
	{0xA1, 0x26, 0x2C, 0xFF}, // alarm
	{0xE9, 0xC9, 0xB4, 0xFF}, // alarm, far
}

const (
	paper = iota
	beside
	below
	water
	deep
	border
	ink
	alarm
	alarmFar
)

type point struct{ x, y float64 }

// canvas holds palette indexes at the fine size.
type canvas struct{ px []uint8 }

func newCanvas() *canvas { return &canvas{make([]uint8, width*fine*height*fine)} }

// paint colours every fine pixel for which inside is true.
func (c *canvas) paint(ink uint8, inside func(p point) bool) {
	for y := range height * fine {
		for x := range width * fine {
			if inside(point{(float64(x) + 0.5) / fine, (float64(y) + 0.5) / fine}) {
				c.px[y*width*fine+x] = ink
			}
		}
	}
}

func polygon(ps ...point) func(point) bool {
	return func(p point) bool {
		in := false
		for i, a := range ps {
			b := ps[(i+1)%len(ps)]
			if (a.y > p.y) != (b.y > p.y) && p.x < (b.x-a.x)*(p.y-a.y)/(b.y-a.y)+a.x {
				in = !in
			}
		}
		return in
	}
}

// line is a stroke through points; where dash is not 0, it is broken into dashes of that length.
func line(w, dash float64, ps ...point) func(point) bool {
	return func(p point) bool {
		along := 0.0
		for i := 1; i < len(ps); i++ {
			a, b := ps[i-1], ps[i]
			dx, dy := b.x-a.x, b.y-a.y
			long := math.Hypot(dx, dy)
			t := min(max(((p.x-a.x)*dx+(p.y-a.y)*dy)/(long*long), 0), 1)
			if math.Hypot(p.x-a.x-t*dx, p.y-a.y-t*dy) <= w/2 && (dash == 0 || math.Mod(along+t*long, 2*dash) < dash) {
				return true
			}
			along += long
		}
		return false
	}
}

func disc(o point, r float64) func(point) bool {
	return func(p point) bool { return math.Hypot(p.x-o.x, p.y-o.y) <= r }
}

func ring(o point, r, w float64) func(point) bool {
	return func(p point) bool { return math.Abs(math.Hypot(p.x-o.x, p.y-o.y)-r) <= w/2 }
}

// curve smooths a line through points (each piece a Catmull-Rom spline).
func curve(ps ...point) (out []point) {
	at := func(i int) point { return ps[min(max(i, 0), len(ps)-1)] }
	for i := 0; i+1 < len(ps); i++ {
		a, b, c, d := at(i-1), at(i), at(i+1), at(i+2)
		mix := func(a, b, c, d, t float64) float64 {
			return 0.5 * (2*b + (c-a)*t + (2*a-5*b+4*c-d)*t*t + (3*b-a-3*c+d)*t*t*t)
		}
		for k := range 12 {
			t := float64(k) / 12
			out = append(out, point{mix(a.x, b.x, c.x, d.x, t), mix(a.y, b.y, c.y, d.y, t)})
		}
	}
	return append(out, ps[len(ps)-1])
}

func (c *canvas) town(o point) {
	c.paint(paper, disc(o, 8))
	c.paint(ink, ring(o, 6, 2.5))
	c.paint(ink, disc(o, 2.5))
}

// digit draws 1, 2 or 3 in a disc.
func (c *canvas) digit(n int, o point) {
	c.paint(ink, disc(o, 14))
	rows := [][]string{{".#.", "##.", ".#.", ".#.", "###"}, {"##.", "..#", ".#.", "#..", "###"}, {"##.", "..#", ".#.", "..#", "##."}}[n-1]
	c.paint(paper, func(p point) bool {
		x, y := int(math.Floor((p.x-o.x)/3.4+1.5)), int(math.Floor((p.y-o.y)/3.4+2.5))
		return x >= 0 && x < 3 && y >= 0 && y < 5 && rows[y][x] == '#'
	})
}

// encode gives the means of the fine pixels as an indexed picture: the palette and its mixtures.
func (c *canvas) encode() ([]byte, error) {
	index, colours := map[color.RGBA]uint8{}, color.Palette{}
	img := image.NewPaletted(image.Rect(0, 0, width, height), nil)
	for y := range height {
		for x := range width {
			var r, g, b int
			for i := range fine {
				for j := range fine {
					p := palette[c.px[(y*fine+i)*width*fine+x*fine+j]]
					r, g, b = r+int(p.R), g+int(p.G), b+int(p.B)
				}
			}
			const n = fine * fine
			p := color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 0xFF}
			k, ok := index[p]
			if !ok {
				if len(colours) < 256 {
					k = uint8(len(colours))
					colours = append(colours, p)
				} else {
					k = uint8(colours.Index(p))
				}
				index[p] = k
			}
			img.SetColorIndex(x, y, k)
		}
	}
	img.Palette = colours
	var out bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, img)
	return out.Bytes(), err
}

var drawn = map[string]func(c *canvas){
	// The river from its glacier (1) through the reservoir (2) to the lower countries (3).
	"koksai-map.png": func(c *canvas) {
		c.paint(beside, polygon(point{0, 215}, point{210, 190}, point{330, 250}, point{330, 400}, point{0, 400}))
		c.paint(below, polygon(point{330, 250}, point{450, 225}, point{640, 260}, point{640, 400}, point{330, 400}))
		c.paint(border, line(2, 8, point{0, 215}, point{210, 190}, point{330, 250}, point{450, 225}, point{640, 260}))
		c.paint(border, line(2, 8, point{330, 250}, point{330, 400}))
		c.paint(deep, line(5, 0, curve(point{566, 40}, point{500, 66}, point{452, 92}, point{380, 130})...))
		c.paint(deep, line(8, 0, curve(point{300, 150}, point{268, 196}, point{300, 262}, point{270, 318}, point{180, 350}, point{96, 400})...))
		c.paint(deep, line(6, 0, curve(point{300, 262}, point{372, 290}, point{470, 300}, point{560, 346}, point{640, 360})...))
		c.paint(water, polygon(curve(point{392, 110}, point{420, 132}, point{384, 160}, point{330, 178}, point{294, 166}, point{300, 140}, point{340, 122}, point{392, 110})...))
		c.paint(ink, line(9, 0, point{286, 140}, point{296, 176}))
		for _, p := range []point{{272, 214}, {292, 294}} {
			c.paint(paper, disc(p, 7))
			c.paint(alarm, disc(p, 5))
		}
		for _, p := range []point{{180, 120}, {150, 300}, {520, 330}} {
			c.town(p)
		}
		c.digit(1, point{566, 40})
		c.digit(2, point{430, 168})
		c.digit(3, point{226, 372})
	},
	// The shaken coast: epicentre, circles of felt intensity, three districts.
	"quake-map.png": func(c *canvas) {
		coast := curve(point{0, 90}, point{90, 118}, point{170, 92}, point{260, 130}, point{360, 108}, point{470, 140}, point{560, 116}, point{640, 138})
		c.paint(water, polygon(append(append([]point{}, coast...), point{640, 0}, point{0, 0})...))
		c.paint(deep, line(2, 0, coast...))
		o := point{300, 268}
		c.paint(alarmFar, disc(o, 96))
		c.paint(paper, disc(o, 70))
		c.paint(alarmFar, disc(o, 46))
		c.paint(border, line(2, 8, point{470, 140}, point{452, 230}, point{500, 310}, point{490, 400}))
		for _, r := range []float64{46, 70, 96} {
			c.paint(alarm, ring(o, r, 1.6))
		}
		c.paint(alarm, line(5, 0, point{o.x - 11, o.y - 11}, point{o.x + 11, o.y + 11}))
		c.paint(alarm, line(5, 0, point{o.x - 11, o.y + 11}, point{o.x + 11, o.y - 11}))
		c.digit(1, point{246, 232})
		c.digit(2, point{352, 216})
		c.digit(3, point{330, 330})
		c.town(point{170, 150})
		c.town(point{548, 220})
	},
	// Three ports of one sea, joined.
	"sea-gate.png": func(c *canvas) {
		c.paint(water, polygon(curve(point{150, 70}, point{300, 44}, point{460, 78}, point{520, 170}, point{470, 280}, point{360, 330}, point{230, 316}, point{136, 240}, point{110, 150}, point{150, 70})...))
		a, b, d := point{150, 92}, point{508, 150}, point{300, 330}
		for _, l := range [][]point{curve(a, point{320, 110}, b), curve(b, point{440, 250}, d), curve(d, point{200, 220}, a)} {
			c.paint(deep, line(3, 10, l...))
		}
		c.digit(1, a)
		c.digit(2, b)
		c.digit(3, d)
	},
	// How far the glacier went back in each of ten years: the last bar is 18 metres.
	"glacier-chart.png": func(c *canvas) {
		metres := []float64{6, 9, 7, 11, 8, 12, 10, 14, 13, 18}
		for m := 5.0; m <= 20; m += 5 {
			c.paint(border, line(1, 4, point{40, 350 - m*15}, point{610, 350 - m*15}))
		}
		for i, m := range metres {
			x, colour := 56+float64(i)*55, uint8(water)
			if i == len(metres)-1 {
				colour = deep
			}
			c.paint(colour, polygon(point{x, 350}, point{x, 350 - m*15}, point{x + 38, 350 - m*15}, point{x + 38, 350}))
		}
		c.paint(ink, line(2, 0, point{40, 350}, point{610, 350}))
	},
}

func TestPictures(t *testing.T) {
	t.Parallel()
	if *draw {
		for name, f := range drawn {
			c := newCanvas()
			f(c)
			b, err := c.encode()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path.Join("data/files", name), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		t.Skip("drawn; run again to check them")
	}
	names, err := fs.Glob(files, "data/files/*")
	if err != nil || len(names) != len(drawn) {
		t.Errorf("%d pictures, drawn are %d: %v", len(names), len(drawn), err)
	}
	total := 0
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		total += len(b)
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil || img.Bounds().Dx() != width || drawn[path.Base(name)] == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if total > 40<<10 {
		t.Errorf("the pictures have %d bytes", total)
	}
	used := map[[32]byte]bool{}
	for _, r := range Releases() {
		for _, n := range slices.Concat(append([][]wire.NewItem{r.Items}, eventItems(r)...)...) {
			for _, a := range n.Content.Attachments {
				used[a.SHA256] = true
				if int64(len(File(a.SHA256))) != a.Length || a.MediaType != "image/png" || a.Caption == "" || a.Credit == "" {
					t.Errorf("%s in %s: %+v", r.Key, n.Language, a)
				}
				script(t, r.Key+" caption", n.Language, a.Caption)
				script(t, r.Key+" credit", n.Language, a.Credit)
			}
		}
	}
	if len(used) != len(names) {
		t.Errorf("%d of %d pictures are shown", len(used), len(names))
	}
}
