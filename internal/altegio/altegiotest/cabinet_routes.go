// SPDX-License-Identifier: MPL-2.0

package altegiotest

import "net/http"

// The operations of the Developer Cabinet, and what goes with them.
const (
	OpAccounts          = "accounts"           // GET /marketplace/developers/companies
	OpApplications      = "applications"       // GET /marketplace/developers/companies/{partner_id}/applications
	OpApplicationCreate = "application_create" // POST /marketplace/developers/companies/{partner_id}/applications
	OpApplicationUpdate = "application_update" // PUT /marketplace/developers/companies/{partner_id}/applications/{application_id}
	OpRights            = "rights"             // GET /marketplace/developers/companies/{partner_id}/applications/available_rights
	OpModeration        = "moderation"         // PUT .../applications/{application_id}/moderation
	OpModerationStart   = "moderation_start"   // POST .../applications/{application_id}/moderation/start
	OpFramesGet         = "frames_get"         // GET .../applications/{application_id}/frames
	OpFramesSet         = "frames_set"         // POST .../applications/{application_id}/frames

	OpInstallFrame = "install_frame" // POST /marketplace/application/install_frame

	OpCatalogCategories      = "catalog_categories"      // GET /marketplace/applications/categories
	OpCatalogChannels        = "catalog_channels"        // GET /marketplace/applications/channels
	OpCatalogFunctionalities = "catalog_functionalities" // GET /marketplace/applications/functionalities
)

const (
	cabinetPath     = "marketplace/developers/companies"
	cabinetAppsPath = cabinetPath + "/{}/applications"
	cabinetAppPath  = cabinetAppsPath + "/{}"
)

var cabinetRoutes = []route{
	{operation: OpAccounts, method: http.MethodGet, path: cabinetPath, access: partnerAndUser, handle: (*Server).accounts},
	{operation: OpApplications, method: http.MethodGet, path: cabinetAppsPath, access: partnerAndUser, handle: (*Server).applications},
	{operation: OpApplicationCreate, method: http.MethodPost, path: cabinetAppsPath, access: partnerAndUser, handle: (*Server).createApplication},
	{operation: OpApplicationUpdate, method: http.MethodPut, path: cabinetAppPath, access: partnerAndUser, handle: (*Server).updateApplication},
	{operation: OpRights, method: http.MethodGet, path: cabinetAppsPath + "/available_rights", access: partnerAndUser, handle: (*Server).rights},
	{operation: OpModeration, method: http.MethodPut, path: cabinetAppPath + "/moderation", access: partnerAndUser, handle: (*Server).moderate},
	{operation: OpModerationStart, method: http.MethodPost, path: cabinetAppPath + "/moderation/start", access: partnerAndUser, handle: (*Server).startModeration},
	{operation: OpFramesGet, method: http.MethodGet, path: cabinetAppPath + "/frames", access: partnerAndUser, handle: (*Server).framesGet},
	{operation: OpFramesSet, method: http.MethodPost, path: cabinetAppPath + "/frames", access: partnerAndUser, handle: (*Server).framesSet},
	{operation: OpInstallFrame, method: http.MethodPost, path: "marketplace/application/install_frame", handle: (*Server).installFrame},
	{operation: OpCatalogCategories, method: http.MethodGet, path: "marketplace/applications/categories", access: partnerMaybeUser, handle: (*Server).catalogCategories},
	{operation: OpCatalogChannels, method: http.MethodGet, path: "marketplace/applications/channels", access: partnerMaybeUser, handle: (*Server).catalogChannels},
	{operation: OpCatalogFunctionalities, method: http.MethodGet, path: "marketplace/applications/functionalities", access: partnerMaybeUser, handle: (*Server).catalogFunctionalities},
}
