// SPDX-License-Identifier: MPL-2.0

// Package terraformtest is an in-process Terraform for tests: it drives the resources of a provider by the
// rules of Terraform's core, without its command line. (The name follows httptest.) Plans, applies,
// replacements in both orders, deposed and tainted objects, imports, moved and removed blocks, targets,
// saved plans, interrupts and killed processes take milliseconds. The order of parallel steps is
// reproducible.
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
//	t.Log(tf.History())                                   // all configurations and commands
//
// As with the command line, every plan and every apply has its own processes, one for each provider
// configuration. So nothing in the memory of a provider survives from one to the next. The result of a
// refresh in a plan is stored only when the plan is applied.
//
// The rules are those of Terraform 1.11 and of the latest release; [Workspace.Release] selects one. Tests
// compare both with a real Terraform, by running the same steps. Not included are modules, count and
// for_each (an address can have a key), nested blocks, data sources, deferral, provisioners, and upgrades
// of a state.
//
// Wrong use, such as an attribute that is not in the schema, panics.
package terraformtest
