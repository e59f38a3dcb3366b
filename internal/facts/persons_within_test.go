package facts

import (
	"slices"
	"testing"

	"jarchi.dev/jarchi/internal/lang"
)

// TestPersonsWithinSentences: a known given name and one more word are somebody within a sentence, or where the text speaks
// of the second alone too; places, books, streets and ships are not. Written when the rule was done; a ship was mended.
func TestPersonsWithinSentences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag  lang.Tag
		text string
		want []string
	}{
		{lang.EN, "Fans saw the new shop of Calvin Brown and went home along Victoria Crescent after they met Olga Marten by the river.", []string{"Olga Marten"}},
		{lang.EN, "She studied at Virginia Tech and drove to Charlotte Harbor with a copy of Oliver Twist.", nil},
		{lang.EN, "Trains run between Alice Springs and Port Arthur, and workers of Martin Marietta met mayor of Saint Albert.", nil},
		{lang.EN, "David Torrel, 45, planted trees. Later Torrel went home.", []string{"David Torrel"}},
		{lang.RU, "Поезд идёт до станции Владимир Волынский, а пароход Георгий Седов стоит. Завод имени Ивана Франко. Вчера приехал Иван Толок и сказал тост.", []string{"Иван Толок"}},
		{lang.RU, "Читатели любят роман Анна Каренина и фильм Иван Васильевич. На улице поставили памятник.", nil},
		{lang.TR, "Akşam saatlerinde Mustafa Kemal caddesinde, ünlü yazar Ayşe Toklu ve gazeteci Mehmet Demirtaş yürüdü, Osman Gazi köprüsü açıldı.", []string{"Ayşe Toklu", "Mehmet Demirtaş"}},
		{lang.TR, "Bu yıl Ali Sami Yen stadında ve Fatih Terim tesislerinde çalışma yapıldı, sonra Orhan Gazi ilçesi gezildi.", nil},
		{lang.KK, "Кеше ауылда Марат Төленді көрдік, содан соң Абай Құнанбаев атындағы мектепке бардық.", nil},
		{lang.UZ, "Kecha maydonda Alisher Navoiy haykali ochildi, soʻng Amir Temur xiyobonida sayr boʻldi.", nil},
		{lang.AZ, "Dünən şəhərdə Nizami Gəncəvi adına muzeydə olduq, sonra Heydər Əliyev prospektində gəzdik.", nil},
	} {
		var got []string
		for _, p := range personsOf(c.tag, c.text) {
			got = append(got, p.Name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, not %q: %s", c.tag, got, c.want, c.text)
		}
	}
}
