# What a plan of this provider must not do without somebody saying so. For conftest and OPA 1.0:
#
#	terraform show -json plan.tfplan > plan.json
#	conftest test --policy policy --data labels.json plan.json
#
# labels.json holds the labels of the pull request, and may set the limit:
#
#	{"altegio": {"labels": ["many-locations-off"], "max_off": 25}}
package main

# How many locations a plan may switch a channel off at.
default max_off := 10

max_off := data.altegio.max_off

labels := {label | some label in data.altegio.labels}

changes := [change | some change in input.resource_changes; change.provider_name in providers]

providers := {"registry.terraform.io/altegio/altegio", "registry.opentofu.org/altegio/altegio"}

# A removed block leaves things as they are.
kept := [change | some change in changes; not "forget" in change.change.actions]

# The channels with one of the values that are wanted, such as "1001/456/sms", by what a resource says.
channels("altegio_application_channel", values, wanted) := {key |
	values.is_available in wanted
	key := sprintf("%v/%v/%v", [values.location_id, values.application_id, values.channel_slug])
}

channels("altegio_application_channels", values, wanted) := {key |
	some id, available in availability(values)
	available in wanted
	key := sprintf("%v/%v/%v", [id, values.application_id, values.channel_slug])
}

availability(values) := values.availability if is_object(values.availability)

else := {sprintf("%v", [id]): true | some id in values.available_at}

# What is not known (null) counts as on before the change, since it may be, and not as on after it.
before contains key if {
	some change in kept
	some key in channels(change.type, change.change.before, {true, null})
}

after contains key if {
	some change in kept
	some key in channels(change.type, change.change.after, {true})
}

# A channel that moves to another resource, or that a replacement sets again, does not go off: a fleet that
# was created half way is replaced by one that has all of it.
going_off := before - after

deny contains message if {
	count(going_off) > max_off
	not "many-locations-off" in labels
	message := sprintf(
		"%d channels go off, and the limit is %d: %s. If that is meant, label the pull request many-locations-off.",
		[count(going_off), max_off, concat(", ", array.slice(sort(going_off), 0, 20))],
	)
}

# Where the values come from something that is not known yet, nobody can read the plan.
unreadable contains change.address if {
	some change in kept
	change.type in {"altegio_application_channel", "altegio_application_channels"}
	change.change.before != null
	some attribute in ["is_available", "availability"]
	change.change.after_unknown[attribute] == true
}

deny contains message if {
	some address in unreadable
	message := sprintf("%s: what it sets is not known in this plan. Apply what that comes from first.", [address])
}

# What is destroyed, without what is only replaced since its first apply ended half way.
destroyed contains change.address if {
	some change in changes
	"delete" in change.change.actions
	not change.action_reason == "replace_because_tainted"
}

deny contains message if {
	count(destroyed) > 0
	not "destroy" in labels
	message := sprintf("%s: destroyed or replaced. If that is meant, label the pull request destroy.", [concat(", ", sort(destroyed))])
}

# A change of a published application reaches every customer at once.
deny contains message if {
	some change in changes
	change.type == "altegio_application"
	"update" in change.change.actions
	change.change.before.moderated_at != null
	not "published-application" in labels
	message := sprintf("%s: the application is published, and its card changes. If that is meant, label the pull request published-application.", [change.address])
}
