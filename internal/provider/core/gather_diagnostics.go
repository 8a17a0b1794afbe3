// SPDX-License-Identifier: MPL-2.0

package core

var (
	// foundDisagreement: two resources declare different values.
	foundDisagreement = &FoundKind{
		Summary: "Resources contradict each other",
		Intro:   "Two resources declare different values:",
		Advice: "Terraform applies them in any order, the last one wins, and later plans show no change. Declare each in one " +
			"resource only.",
		More: map[MatterKind]string{DiscountMatter: "Both discounts are sent, and whether the second replaces the first or adds to it is " +
			"not documented."},
	}
	// foundLoss: one resource removes something that another, unchanged one declares.
	foundLoss = &FoundKind{
		Summary: "Destroying takes away what another resource declares",
		Intro:   "One resource no longer has these, but another resource, which does not change, still declares them:",
		Advice: "The apply takes them away, and later plans show no change. Before you apply, remove the destroyed resource from the " +
			"state with a removed block that has destroy = false. Or apply, and then set everything again with terraform apply " +
			"-replace for the resource that stays.",
	}
	// foundKept: one resource removes something that stays, because another has it.
	foundKept = &FoundKind{
		Summary: "Another resource keeps what is removed",
		Intro:   "One resource no longer has these, but another resource in the state also has them:",
		Advice: "No request is sent for them. If the plan deletes a deposed object, which an interrupted replacement leaves behind, look at " +
			"the next plan: if it is empty although the setting is gone, run terraform apply -replace for the resource that stays.",
	}
	// foundKeptUnseen: as foundKept, where the last state says so, and the plan has not found another
	// resource that has it.
	foundKeptUnseen = &FoundKind{
		Summary: "Removed settings may stay in place",
		Intro:   "One resource no longer has these. When the state was last stored, another resource also had them, but this plan has not found it:",
		Advice: "No request is sent for them. If no other resource declares them, run terraform apply -refresh-only before you apply, and " +
			"plan again: the new plan takes them away. Terraform 1.12 and later do not need this step.",
	}
	// foundMove: one resource removes something that another starts to declare.
	foundMove = &FoundKind{
		Summary: "Resources move without a moved block",
		Intro:   "One resource removes these, and another begins to declare them:",
		Advice: "Terraform destroys and creates in any order. The apply ends with what is declared, but it may take these away " +
			"before it sets them again. To avoid that, name the new address in a moved block, or remove the destroyed resource " +
			"from the state with a removed block that has destroy = false.",
	}
	// foundRepetition: a resource will send something again that another one declares, or just forgot.
	foundRepetition = &FoundKind{
		Summary: "Discount may be given twice",
		Intro:   "Two resources declare the same discount, or one resource no longer has it and another begins to declare it:",
		Advice: "Each resource sends what it declares. Terraform destroys and creates in any order, and if it creates first, the same " +
			"discount is sent again. Whether a second one replaces the first or adds to it is not documented. If a resource was " +
			"renamed, name the new address in a moved block. If a location moves, remove it from one resource, import the other " +
			"resource with it, and apply both together.",
	}
	// FoundReinstallation says that the application was uninstalled and installed again.
	FoundReinstallation = &FoundKind{
		Summary: "Application was reinstalled",
		Intro:   "The application was uninstalled and connected again, and what Terraform had set is gone:",
		Advice:  "The plan sets again what is declared.",
		More: map[MatterKind]string{installationMatter: "An installation has the settings that it was finished with: if somebody other than " +
			"Terraform finished it, they may differ from the state."},
	}
	// foundUntoldReinstallation: as FoundReinstallation, noticed after the plan of a resource was made.
	foundUntoldReinstallation = &FoundKind{
		Summary: "Application was reinstalled after the plan was made",
		Intro:   "The application was uninstalled and connected again, and what Terraform had set is gone:",
		Advice: "The resource that declares it was planned before this was known. Plan again: if the next plan does not set it, run " +
			"terraform apply -replace for the resource. To have a reinstallation noticed at once, add the resource that " +
			"noticed it to depends_on.",
	}
	// foundUninstallation: the application is no longer installed.
	foundUninstallation = &FoundKind{
		Summary: "Application is no longer installed",
		Intro:   "Removed from the state, because uninstalling deletes what was set:",
		Advice:  "Before the next apply, remove each location from the configuration, or ask its owner to connect the application again.",
	}
	// foundUnlisted: the listing of connected locations lacks one whose status is active.
	foundUnlisted = &FoundKind{
		Summary: "The listing of locations is short",
		Intro:   "The listing of connected locations lacks these, although the status of each says that the application is active there:",
		Advice: "They stay in the state. Other uses of the listing may be incomplete as well: a for_each over " +
			"altegio_application_locations would destroy what the listing lacks. Before you apply, check what the plan destroys.",
	}
	// foundUnconnected: something is planned where the application is not connected.
	foundUnconnected = &FoundKind{
		Summary: "Application is not connected at all declared locations",
		Intro:   "Something is planned where the application is not installed:",
		Advice: "The apply fails there unless the owners of the locations connect the application first. Remove these locations from the " +
			"configuration, or ask their owners to connect the application and plan again.",
	}
	// foundPending: as foundUnconnected, where the installation is pending.
	foundPending = &FoundKind{
		Summary: "Installations are pending",
		Intro:   "Something is planned where the owner has begun to connect the application, but the installation is not finished:",
		Advice:  "Altegio may refuse the apply there. Finish the installations first, for example with altegio_location_application.",
	}
	// foundFreezed: as foundUnconnected, where the installation is suspended.
	foundFreezed = &FoundKind{
		Summary: "Installations are suspended",
		Intro:   "Something is planned where the installation has the status freezed, usually because a trial or a paid period has ended:",
		Advice:  "Altegio may refuse the apply there. A payment makes an installation active again.",
	}
	// foundUnbegun: an installation is planned whose owner has not begun it.
	foundUnbegun = &FoundKind{
		Summary: "Owners have to connect the application first",
		Intro:   "An installation is planned, but the owner of the location has not begun to connect the application:",
		Advice:  "The apply fails there unless the owner clicks Connect in the marketplace first, or grant_access is true.",
	}
	// foundUnchecked: the provider could not read whether the application is connected.
	foundUnchecked = &FoundKind{
		Summary: "Plan is not checked",
		Intro:   "The provider could not ask Altegio whether the application is connected where something is created:",
		Advice: "The plan is complete, but Altegio may refuse parts of the apply that the plan does not warn about. To plan without a " +
			"network, set validate = false in the provider block.",
	}
	// foundTurnedOff: something is removed from a location.
	foundTurnedOff = &FoundKind{
		Summary: "Locations lose what they have",
		Intro:   "The plan makes unavailable, resets or drops:",
		Advice: "Check that this is intended, above all if a listing, a file or a data source feeds the configuration: it may be " +
			"incomplete.",
	}
	// FoundForeign says that an import has found something that nobody declares.
	FoundForeign = &FoundKind{
		Summary: "Import leaves what is not declared",
		Intro:   "The import found these, but the configuration does not declare them:",
		Advice:  "They are left as they are, although the plan shows that they leave the state. If one is yours, declare it before you apply.",
		More:    map[MatterKind]string{ChannelMatter: "To make a channel unavailable at a location, declare it with false."},
	}
)
