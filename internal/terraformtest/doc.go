// SPDX-License-Identifier: MPL-2.0

// Package terraformtest is Terraform in the process of a test: it drives the resources of a provider
// by the rules of Terraform's core, without its command line. (The name is in the tradition of
// httptest.) Plans, applies, replacements in both orders, deposed and tainted objects, imports, moved
// and removed blocks, targets, saved plans, interrupts and the death of a process cost milliseconds,
// and the order of what Terraform does at the same time can be repeated.
//
//	tf := terraformtest.New(terraformtest.NewProvider(server), terraformtest.Attrs{"api_url": url})
//	tf.Config.Resources = []terraformtest.Resource{{
//		Addr:  "altegio_application_channel.sms",
//		Attrs: terraformtest.Attrs{"location_id": 1001, "application_id": 456, "channel_slug": "sms", "is_available": true},
//	}}
//	result := tf.Apply()                                  // terraform apply
//	if err := result.Err(); err != nil { t.Fatal(err) }
//	tf.Config.Resources[0].Attrs["is_available"] = false
//	plan := tf.Plan(terraformtest.Run{NoRefresh: true})   // terraform plan -refresh=false
//	plan.Actions()                                        // map[altegio_application_channel.sms:update]
//	plan.Apply()                                          // terraform apply of the saved plan, by a new process
//	tf.Object("altegio_application_channel.sms").Attr("is_available")
//	t.Log(tf.History())                                   // all that was done, as configurations and commands
//
// As with the command line, every plan and every apply has processes of its own, one for each provider
// configuration, so nothing that a provider keeps in memory reaches from one to the other. What a plan
// found out when it refreshed is stored only when the plan is applied.
//
// The rules are those of Terraform 1.11 and of the latest release, which [Workspace.Release] chooses.
// They are told apart by tests that run the same steps through a real Terraform. There are no
// modules, count and for_each (an address may have a key), nested blocks, data sources, deferral,
// provisioners, or upgrades of a state.
//
// Wrong use, such as an attribute that isn't in the schema, panics.
package terraformtest
