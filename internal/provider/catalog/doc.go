// SPDX-License-Identifier: MPL-2.0

// Package catalog has the API's dictionaries: countries, cities, business groups and the catalogue.
package catalog
