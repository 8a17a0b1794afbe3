// SPDX-License-Identifier: MPL-2.0

package altegiotest

// countries lists the dictionary of countries.
func (s *Server) countries(c *call) answer {
	type row struct {
		ID            any    `json:"id"`
		Title         string `json:"title"`
		FullTitle     string `json:"full_title"`
		ISOCode       string `json:"iso_code"`
		PhoneCode     string `json:"phone_code"`
		PhoneTemplate string `json:"phone_template"`
		PhoneExample  string `json:"phone_example"`
		Currency      string `json:"currency"`
		Exchange      any    `json:"exchange"`
		LangID        int64  `json:"lang_id"`
		GroupType     int64  `json:"group_type"`
		IsEU          bool   `json:"is_eu"`
	}
	rows := make([]row, 0, len(s.world.countries))
	for _, country := range s.world.countries {
		rows = append(rows, row{
			ID: c.shapes.integer(country.ID), Title: country.Title, FullTitle: country.FullTitle, ISOCode: country.ISOCode,
			PhoneCode: country.PhoneCode, PhoneTemplate: country.PhoneTemplate, PhoneExample: country.PhoneExample,
			Currency: country.Currency, Exchange: c.shapes.number(country.Exchange),
			LangID: country.LangID, GroupType: country.GroupType, IsEU: country.IsEU,
		})
	}
	return c.shapes.ok(rows)
}

// cities lists the dictionary of cities: all, or those of a country and the one of a location.
func (s *Server) cities(c *call) answer {
	q := queryForm{values: c.request.URL.Query()}
	country, company := q.id("country_id", false), q.id("company_id", false)
	if q.problems != nil {
		return c.shapes.invalid(q.problems, false)
	}
	type row struct {
		ID        any    `json:"id"`
		CountryID any    `json:"country_id"`
		Title     string `json:"title"`
	}
	companyCity := s.world.locationsByID[company].CityID
	rows := []row{}
	for _, city := range s.world.cities {
		if country == 0 || city.CountryID == country || city.ID == companyCity {
			rows = append(rows, row{c.shapes.integer(city.ID), c.shapes.integer(city.CountryID), city.Title})
		}
	}
	return c.shapes.ok(rows)
}

// businessGroups lists the dictionary of kinds of business. Its meta has a count.
func (s *Server) businessGroups(c *call) answer {
	type businessType struct {
		ID              int64  `json:"id"`
		Title           string `json:"title"`
		BusinessGroupID int64  `json:"business_group_id"`
	}
	type row struct {
		ID         int64          `json:"id"`
		Title      string         `json:"title"`
		Image      string         `json:"image"`
		ImageSmall string         `json:"image_small"`
		Types      []businessType `json:"types"`
	}
	rows := make([]row, 0, len(s.world.groups))
	for _, group := range s.world.groups {
		types := make([]businessType, 0, len(group.Types))
		for _, t := range group.Types {
			types = append(types, businessType(t))
		}
		rows = append(rows, row{group.ID, group.Title, group.Image, group.ImageSmall, types})
	}
	a := c.shapes.ok(rows)
	a.envelope.Meta = struct {
		Count int `json:"count"`
	}{len(rows)}
	return a
}
