// Command gen writes countries.tsv: the member states of the United Nations and its two observer states,
// named as Unicode's CLDR names them, in the languages of the interface. Run it in internal/names:
//
//	go run ./gen > countries.tsv
package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

const codes = `AF AL DZ AD AO AG AR AM AU AT AZ BS BH BD BB BY BE BZ BJ BT BO BA BW BR BN BG BF BI CV KH CM CA CF TD CL CN CO KM CG CD CR CI HR CU CY CZ
DK DJ DM DO EC EG SV GQ ER EE SZ ET FJ FI FR GA GM GE DE GH GR GD GT GN GW GY HT HN HU IS IN ID IR IQ IE IL IT JM JP JO KZ KE KI KP KR KW KG LA LV LB LS LR LY LI LT LU
MG MW MY MV ML MT MH MR MU MX FM MD MC MN ME MA MZ MM NA NR NP NL NZ NI NE NG MK NO OM PK PW PA PG PY PE PH PL PT QA RO RU RW KN LC VC WS SM ST SA SN RS SC SL SG SK SI SB SO
ZA SS ES LK SD SR SE CH SY TJ TZ TH TL TG TO TT TN TR TM TV UG UA AE GB US UY UZ VU VE VN YE ZM ZW VA PS`

func main() {
	fmt.Println("# Source: Unicode CLDR by golang.org/x/text/language/display. Licence: Unicode-3.0, see NOTICE.md. Written by gen; mend names.tsv instead.")
	for _, code := range strings.Fields(codes) {
		region := language.MustParseRegion(code)
		for _, l := range []string{"en", "ru", "kk", "uz", "tr", "az", "fa", "ur"} {
			namer := display.Regions(language.MustParse(l))
			name := ""
			if namer != nil {
				name = namer.Name(region)
			}
			if name == "" {
				fmt.Fprintln(os.Stderr, "no name of", code, "in", l)
				continue
			}
			fmt.Printf("country\t%s\t%s\t%s\n", code, l, name)
		}
	}
}
