# Finds what a plan must not do unless a person confirms it. For conftest and OPA 1.0:
#
#	terraform show -json plan.tfplan > plan.json
#	conftest test --policy policy --data labels.json plan.json
# labels.json contains the labels of the pull request, and can set the limit:
#
#	{"altegio": {"labels": ["many-locations-off"], "max_off": 25}}
package main

# At how many locations a plan can turn a channel off.
default max_off := 10

max_off := data.altegio.max_off

labels := {label | some label in data.altegio.labels}

changes := [change | some change in input.resource_changes; change.provider_name in providers]

providers := {"registry.terraform.io/altegio/altegio", "registry.opentofu.org/altegio/altegio"}

# A removed block sends nothing.
kept := [change | some change in changes; not "forget" in change.change.actions]

# The channels, such as "1001/456/sms", that have one of the wanted values according to a resource.
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

# An unknown value (null) counts as on before the change, because it can be on, and as off after it.
before contains key if {
	some change in kept
	some key in channels(change.type, change.change.before, {true, null})
}

after contains key if {
	some change in kept
	some key in channels(change.type, change.change.after, {true})
}

# A channel does not go off if it moves to another resource, or if a replacement sets it again: a fleet that
# was created half way is replaced by a complete one.
going_off := before - after

deny contains message if {
	count(going_off) > max_off
	not "many-locations-off" in labels
	message := sprintf(
		"%d channels go off, and the limit is %d: %s. If that is meant, label the pull request many-locations-off.",
		[count(going_off), max_off, concat(", ", array.slice(sort(going_off), 0, 20))],
	)
}

# Values that are not known yet: nobody can tell from the plan what goes off.
unreadable contains change.address if {
	some change in kept
	change.type in {"altegio_application_channel", "altegio_application_channels"}
	change.change.before != null
	some attribute in ["is_available", "availability"]
	change.change.after_unknown[attribute] == true
}

deny contains message if {
	some address in unreadable
	message := sprintf("%s: the values are not known in this plan. First apply what they come from.", [address])
}

# Destroyed resources, except those that are replaced because their first apply failed half way.
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
