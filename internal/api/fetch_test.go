package api

import (
	"context"
	"strings"

	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/intake"
)

// fetching stands for the outbound client, which other tests try against real connections.
func fetching(asked *string) func(context.Context, string) (intake.Document, error) {
	return func(_ context.Context, url string) (intake.Document, error) {
		if strings.HasPrefix(url, "http://10.") {
			return intake.Document{}, &fault.Error{Kind: fault.ForbiddenAddress, Field: "url", Text: "This address is not fetched."}
		}
		*asked = url
		return intake.Document{Name: "1", URL: url, ContentType: "text/plain; charset=utf-8", Bytes: []byte(ruHead + "\n\n" + ruBody + " Об этом сообщила пресс-служба области, уровень воды остаётся в норме.")}, nil
	}
}
