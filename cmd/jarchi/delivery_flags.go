package main

import (
	"os"
	"path/filepath"
	"strings"

	"jarchi.dev/jarchi/internal/delivery"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/outbound"
	"jarchi.dev/jarchi/internal/wire"
)

// DeliveryFlags set up the ways of deliveries that need the operator: his folders, his bot, his mail server.
type DeliveryFlags struct {
	DeliveryFolder   []string `name:"delivery-folder" sep:"none" placeholder:"MEMBER=DIR" help:"A folder into which a member's deliveries may be written; may be repeated."`
	DeliverySFTP     []string `name:"delivery-sftp" sep:"none" placeholder:"MEMBER=FILE" help:"A folder of a server into which a member's deliveries may be written, by the file that 'jarchi delivery sftp' has made; may be repeated."`
	TelegramToken    string   `name:"telegram-token" placeholder:"TOKEN" help:"The token of a Telegram bot. The environment variable JARCHI_TELEGRAM_TOKEN keeps it out of the list of processes."`
	TelegramChannel  []string `name:"telegram-channel" sep:"none" placeholder:"MEMBER=CHAT" help:"A channel in which the bot may speak for a member, @name or a number; may be repeated."`
	TelegramURL      string   `name:"telegram-url" default:"https://api.telegram.org" help:"The server of the Bot API."`
	SMTP             string   `name:"smtp" placeholder:"URL" help:"The mail server for deliveries by mail: smtp://user@host:587 (STARTTLS) or smtps://user@host:465."`
	SMTPFrom         string   `name:"smtp-from" placeholder:"ADDRESS" help:"Whom these mails are from, like wire@press.example."`
	SMTPPassword     string   `name:"smtp-password" placeholder:"PASSWORD" help:"The password there. The environment variable JARCHI_SMTP_PASSWORD keeps it out of the list of processes."`
	NoHub            bool     `name:"no-hub" help:"Let feeds name no hub: nobody is sent them as they change (W3C WebSub). Without --public-url there is none."`
	SMTPPasswordFile string   `name:"smtp-password-file" placeholder:"FILE" help:"A file with that password instead."`
}

func (f DeliveryFlags) deliveries(public string) (o delivery.Options, err error) {
	each := func(flag string, list []string, take func(m wire.MemberID, v string) error) error {
		for _, s := range list {
			m, v, _ := strings.Cut(s, "=")
			id, err := wire.ParseMemberID(m)
			if err != nil || v == "" {
				return fault.Field(flag, "%q is not like alfa=…, a member's short name and what it may use.", s)
			}
			if err := take(id, v); err != nil {
				return err
			}
		}
		return nil
	}
	o.Folders, o.Chats = map[wire.MemberID][]string{}, map[wire.MemberID][]string{}
	if err := each("--delivery-folder", f.DeliveryFolder, func(m wire.MemberID, v string) error {
		dir, err := filepath.Abs(v)
		o.Folders[m] = append(o.Folders[m], dir)
		return err
	}); err != nil {
		return o, err
	}
	o.Drops = map[wire.MemberID][]delivery.Drop{}
	if err := each("--delivery-sftp", f.DeliverySFTP, func(m wire.MemberID, v string) error {
		d, err := outbound.ReadDrop(v)
		if err == nil {
			o.Drops[m] = append(o.Drops[m], d)
		}
		return err
	}); err != nil {
		return o, err
	}
	if err := f.mail(public, &o); err != nil {
		return o, err
	}
	if f.TelegramToken == "" {
		if len(f.TelegramChannel) > 0 {
			return o, fault.Field("--telegram-token", "A channel is named, but no bot that could speak there.")
		}
		return o, nil
	}
	bot, err := outbound.NewBot(f.TelegramURL, f.TelegramToken)
	if err != nil {
		return o, err
	}
	o.Bot = bot
	return o, each("--telegram-channel", f.TelegramChannel, func(m wire.MemberID, v string) error {
		o.Chats[m] = append(o.Chats[m], v)
		return nil
	})
}

func (f DeliveryFlags) mail(public string, o *delivery.Options) error {
	if f.SMTP == "" {
		if f.SMTPFrom != "" || f.SMTPPasswordFile != "" {
			return fault.Field("--smtp", "Something is said about mails, but no mail server is named.")
		}
		return nil
	}
	if public == "" {
		return fault.Field("--public-url", "Mails lead to this node; say under which address the world reaches it.")
	}
	password := f.SMTPPassword
	if f.SMTPPasswordFile != "" {
		b, err := os.ReadFile(f.SMTPPasswordFile)
		if err != nil || len(b) > 4096 {
			return fault.Field("--smtp-password-file", "This file cannot be read.").Because(err)
		}
		password = strings.TrimRight(string(b), "\r\n")
	}
	m, err := outbound.NewMailer(f.SMTP, password, f.SMTPFrom)
	if err != nil {
		return err
	}
	o.Mail = m
	return nil
}
