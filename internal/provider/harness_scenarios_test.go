// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"strings"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

func channelRes(name string, location, application int, available any) tf.Resource {
	return tf.Resource{Addr: "altegio_application_channel." + name, Attrs: tf.Attrs{
		"location_id": location, "application_id": application, "channel_slug": "sms", "is_available": available,
	}}
}

func fleetRes(name string, availability map[int]any) tf.Resource {
	return tf.Resource{Addr: "altegio_application_channels." + name, Attrs: tf.Attrs{
		"application_id": 456, "channel_slug": "sms", "availability": availability,
	}}
}

func discountRes(name string, discount float64, locations ...any) tf.Resource {
	return tf.Resource{Addr: "altegio_application_discount." + name, Attrs: tf.Attrs{
		"application_id": 456, "location_ids": locations, "discount": discount,
	}}
}

func namesRes(name string, location int, names ...string) tf.Resource {
	return tf.Resource{Addr: "altegio_sms_sender_names." + name, Attrs: tf.Attrs{
		"location_id": location, "application_id": 457, "names": names,
	}}
}

func webhooksRes(name string, location int, urls, events []string) tf.Resource {
	return tf.Resource{Addr: "altegio_location_webhooks." + name, Attrs: tf.Attrs{
		"location_id": location, "urls": urls, "events": events,
	}}
}

// declare replaces the resources of a configuration.
func declare(resources ...tf.Resource) func(*tf.Config) {
	return func(c *tf.Config) { c.Resources = resources }
}

func cbd(r tf.Resource) tf.Resource {
	r.CreateBeforeDestroy = true
	return r
}

func keep(r tf.Resource) tf.Resource {
	r.PreventDestroy = true
	return r
}

func ignoring(r tf.Resource, names ...string) tf.Resource {
	r.IgnoreChanges = names
	return r
}

// afterNames has a resource come after the sender names. Terraform takes either first otherwise, and a plan
// that an apply makes asks less once something has been applied.
func afterNames(r tf.Resource) tf.Resource {
	r.DependsOn = []string{"altegio_sms_sender_names.a"}
	return r
}

// refuse makes a kind of request fail, where the body has the text.
func refuse(operation, text string) func(*altegiotest.Server) {
	return func(fake *altegiotest.Server) {
		fake.Fail(altegiotest.Fault{
			Operation: operation, Status: http.StatusUnprocessableEntity,
			Match: func(_ *http.Request, body []byte) bool { return strings.Contains(string(body), text) },
		})
	}
}

// harnessScenarios are histories with a single outcome, whatever the order of independent steps.
func harnessScenarios() map[string][]cliStep {
	channels, channel := altegiotest.OpUpdateChannel, channelRes("a", 1001, 456, true)
	return map[string][]cliStep{
		"a channel": {
			{config: declare(channel)},
			{},
			{config: declare(channelRes("a", 1001, 456, false)), plan: true},
			{config: declare(channelRes("a", 1001, 457, tf.Later{Value: false}))},
			{config: declare(channelRes("a", 1001, 457, false))},
			{config: declare(cbd(channelRes("a", 1001, 456, true)))},
			{run: tf.Run{Destroy: true}},
		},
		"a replacement that fails": {
			{config: declare(cbd(channel))},
			{config: declare(cbd(channelRes("a", 1002, 456, true))), world: refuse(channels, "1002")},
			{world: refuse(channels, `"is_available":false`)},
			{},
			{config: declare(channelRes("a", 1003, 456, true)), world: refuse(channels, "1003")},
			{},
		},
		"a fleet in part": {
			{config: declare(fleetRes("a", map[int]any{1001: true, 1002: false, 1003: tf.Later{Value: true}})), world: refuse(channels, "1002")},
			{world: refuse(channels, "1003")},
			{run: tf.Run{NoRefresh: true}},
			{config: declare(fleetRes("a", map[int]any{1001: false, 1004: true})), world: refuse(channels, "1004")},
			{},
			{run: tf.Run{Replace: []string{"altegio_application_channels.a"}}},
			{taint: "altegio_application_channels.a"},
			{config: declare(keep(fleetRes("a", map[int]any{1001: true})))},
			{run: tf.Run{Destroy: true}},
		},
		"a discount": {
			{config: declare(discountRes("a", 15.55, 1001, 1002))},
			{config: declare(discountRes("a", 15.55, tf.Later{Value: 1003}, 1001))},
			{config: declare(discountRes("a", 20, 1001, 1002, 1003)), world: refuse(altegiotest.OpAddDiscount, "20")},
			{},
			{config: declare(ignoring(discountRes("a", 30, 1001, 1002), "discount", "location_ids"))},
			{config: declare()},
		},
		"sender names and webhooks": {
			{config: declare(namesRes("a", 1001, "One", "Two"), afterNames(webhooksRes("a", 1001, []string{"https://bot.example/a"}, []string{"record"})))},
			{
				config: declare(namesRes("a", 1001, "Two"), afterNames(webhooksRes("a", 1001, []string{"https://bot.example/b"}, []string{"record", "client"}))),
				world:  func(fake *altegiotest.Server) { fake.Uninstall(1001, 457) },
			},
			{
				config: declare(webhooksRes("a", 1002, []string{"https://bot.example/b"}, []string{"client"})),
				world:  func(fake *altegiotest.Server) { fake.Install(1001, 457, altegiotest.StatusActive) },
			},
			{run: tf.Run{RefreshOnly: true}, world: func(fake *altegiotest.Server) { fake.SetWebhooks(1002, nil) }},
			{},
		},
		"addresses": {
			{config: declare(channel, channelRes(`b["x"]`, 1002, 456, true), channelRes(`b["y"]`, 1003, 456, false))},
			{config: func(c *tf.Config) {
				c.Resources = []tf.Resource{channelRes("z", 1001, 456, true), channelRes(`c["x"]`, 1002, 456, true), channelRes(`c["y"]`, 1003, 456, true)}
				c.Moved = []tf.Moved{{From: "altegio_application_channel.a", To: "altegio_application_channel.z"}, {From: "altegio_application_channel.b", To: "altegio_application_channel.c"}}
			}},
			{run: tf.Run{Target: []string{`altegio_application_channel.c["y"]`}}, config: func(c *tf.Config) {
				c.Moved = nil
				c.Resources[0].Attrs["is_available"], c.Resources[2].Attrs["is_available"] = false, false
			}},
			{config: func(c *tf.Config) { c.Resources, c.Removed = nil, []string{"altegio_application_channel.c"} }},
			{},
		},
		"imports": {
			{config: func(c *tf.Config) {
				c.Resources = []tf.Resource{
					ignoring(channel, "is_available"), ignoring(fleetRes("f", map[int]any{1003: true, 1002: true}), `availability["1003"]`),
					webhooksRes("a", 1001, []string{"https://bot.example/a"}, []string{"record"}),
				}
				c.Imports = []tf.Import{
					{To: channel.Addr, ID: "1001/456/sms"}, {To: "altegio_application_channels.f", ID: "456/sms"}, {To: "altegio_location_webhooks.a", ID: "1001"},
				}
			}, world: func(fake *altegiotest.Server) {
				fake.SetWebhooks(1001, []altegiotest.Webhook{{URL: "https://bot.example/a", Active: true, Flags: map[string]bool{"client": true}}})
			}, plan: true},
			{config: func(c *tf.Config) { c.Resources[2].Attrs["events"] = []string{"client"} }},
			{config: func(c *tf.Config) {
				c.Resources, c.Imports = []tf.Resource{channelRes("n", 1009, 456, true)}, []tf.Import{{To: "altegio_application_channel.n", ID: "1009/456/sms"}}
			}, plan: true},
		},
		"what plans know": {
			{config: declare(channel)},
			{plan: true},
			{world: func(fake *altegiotest.Server) { fake.Install(1001, 456, altegiotest.StatusActive) }, plan: true},
			{},
			{world: func(fake *altegiotest.Server) { fake.Install(1001, 456, altegiotest.StatusActive) }, plan: true},
			{},
			{config: declare(), world: func(fake *altegiotest.Server) { fake.Uninstall(1001, 456) }},
		},
		"dependencies": {
			{config: func(c *tf.Config) {
				a := fleetRes("a", map[int]any{1001: true})
				b := channelRes("b", 1002, 457, true)
				b.Attrs["channel_slug"] = tf.Ref{Addr: a.Addr, Attr: "channel_slug"}
				c.Resources = []tf.Resource{a, cbd(b)}
			}},
			{config: func(c *tf.Config) { c.Resources[0].Attrs["channel_slug"] = "whatsapp" }},
			{run: tf.Run{Destroy: true, Target: []string{"altegio_application_channels.a"}}},
		},
		"two provider configurations": {
			{config: func(c *tf.Config) {
				c.Providers = map[string]tf.Attrs{"eu": {"requests_per_second": 100}}
				b := channelRes("b", 1002, 456, true)
				b.Provider = "eu"
				c.Resources = []tf.Resource{channel, b}
			}},
			{config: declare()},
		},
	}
}
