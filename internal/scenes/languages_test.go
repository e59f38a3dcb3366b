package scenes

import (
	"strings"
	"testing"

	"jarchi.dev/jarchi/internal/intake"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/testkit"
)

// TestCaptureSaysItsOtherLanguages: a text with a paragraph in another language says so on its page, and a Persian
// one with words of Afghanistan that it may be Dari; one in a single language says neither.
func TestCaptureSaysItsOtherLanguages(t *testing.T) {
	t.Parallel()
	s := open(t)
	const member = "toqsanbulaq"
	reporter := s.as(member, people.Reporter)
	for _, c := range []struct {
		name, text  string
		other, dari bool
	}{
		{"mixed.txt", "Су деңгейі көтерілді\n\nКөксай су қоймасындағы деңгей биыл көктемде екі метрге көтерілді, деп хабарлады су ведомствосы дүйсенбі күні.\n\n" +
			"Уровень воды в Коксайском водохранилище весной вырос на два метра, сообщили в ведомстве в понедельник.\n", true, false},
		{"one.txt", "Қайықтар жарысы\n\nКөксай қаласында жексенбі күні қайықтар жарысы өтті, оған бес ауылдан келген жүзге жуық адам қатысты.\n", false, false},
		{"dari.txt", "خبر بند کوک‌سای\n\nقوماندان پولیس ولسوالی کوک‌سای گفت سطح آب بند در ماه جنوری دو متر بالا رفته است و مردم از آن خوش هستند.\n", false, true},
	} {
		got, err := s.Receive.Import(t.Context(), testkit.Viewer(member), []intake.Document{{Name: c.name, ContentType: "text/plain; charset=utf-8", Bytes: []byte(c.text)}})
		if err != nil || len(got) != 1 || len(got[0].Captures) != 1 {
			t.Fatalf("%s: %+v, %v", c.name, got, err)
		}
		_, body := s.get(reporter, "/captures/"+string(got[0].Captures[0]))
		if has := strings.Contains(body, `other languages in the text: <bdi lang="ru">Русский</bdi>`); has != c.other || strings.Contains(body, "other languages") != c.other {
			t.Errorf("%s: another language is told: %v, want %v", c.name, has, c.other)
		}
		if has := strings.Contains(body, "perhaps Dari"); has != c.dari {
			t.Errorf("%s: Dari is told: %v, want %v", c.name, has, c.dari)
		}
	}
}
