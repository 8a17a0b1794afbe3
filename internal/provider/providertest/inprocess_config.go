// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// An hclConfig is a configuration in HCL, read for terraformtest. Values of a terraform_data are known
// after apply until it exists.
type hclConfig struct {
	text    string
	file    string
	lines   map[string]int // lines of blocks by address, and of attributes by address.attribute
	data    map[string]string
	pending []string // terraform_data that will be created or replaced
}

// line returns the line of an attribute or, without one, of its block; 0 if there is neither.
func (c *hclConfig) line(addr, attribute string) int {
	addr, _, _ = strings.Cut(addr, "[")
	if line := c.lines[addr+"."+attribute]; line > 0 {
		return line
	}
	return c.lines[addr]
}

// scopes are the values that expressions refer to, in a plan and in an apply.
type scopes struct{ plan, apply *hcl.EvalContext }

var hclFunctions = map[string]function.Function{
	"concat": stdlib.ConcatFunc, "jsonencode": stdlib.JSONEncodeFunc, "range": stdlib.RangeFunc,
	"toset": stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)), "tostring": stdlib.MakeToFunc(cty.String),
}

func newScope() *hcl.EvalContext {
	return &hcl.EvalContext{Variables: map[string]cty.Value{}, Functions: hclFunctions}
}

// with adds a variable to both scopes.
func (s scopes) with(name string, plan, apply any) scopes {
	child := scopes{s.plan.NewChild(), s.apply.NewChild()}
	child.plan.Variables = map[string]cty.Value{name: plan.(cty.Value)}
	child.apply.Variables = map[string]cty.Value{name: apply.(cty.Value)}
	return child
}

// load reads the configuration into the workspace.
func (p *inProcess) load() *hclConfig {
	p.t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(p.text), p.file, hcl.InitialPos)
	p.fatal(diags)
	config := &hclConfig{text: p.text, file: p.file, lines: map[string]int{}, data: map[string]string{}}
	blocks := file.Body.(*hclsyntax.Body).Blocks
	s := p.globals(blocks, config)
	var c tf.Config
	for _, b := range blocks {
		attributes := b.Body.Attributes
		switch b.Type {
		case "provider":
			p.workspace.Configure(p.attrs(b, s))
			p.lines(config, "provider", b)
		case "resource":
			if b.Labels[0] != "terraform_data" {
				addr := strings.Join(b.Labels, ".")
				p.lines(config, addr, b)
				c.Resources = append(c.Resources, p.resources(addr, b, s)...)
			}
		case "moved":
			c.Moved = append(c.Moved, tf.Moved{From: p.address(attributes["from"].Expr), To: p.address(attributes["to"].Expr)})
		case "removed":
			c.Removed = append(c.Removed, p.address(attributes["from"].Expr))
		case "import":
			i := tf.Import{To: p.address(attributes["to"].Expr)}
			if id := attributes["id"]; id != nil {
				i.ID = p.value(id.Expr, s).(cty.Value).AsString()
			} else {
				i.Identity = tf.Attrs{}
				for name, value := range p.value(attributes["identity"].Expr, s).(cty.Value).AsValueMap() {
					i.Identity[name] = value
				}
			}
			c.Imports = append(c.Imports, i)
		case "terraform", "locals":
		default:
			p.t.Fatalf("no %s blocks in the process", b.Type)
		}
	}
	p.workspace.Config = c
	return config
}

// globals returns the values of locals and of terraform_data.
func (p *inProcess) globals(blocks hclsyntax.Blocks, config *hclConfig) scopes {
	p.t.Helper()
	s := scopes{newScope(), newScope()}
	locals, planned, applied := map[string]cty.Value{}, map[string]cty.Value{}, map[string]cty.Value{}
	for _, b := range blocks {
		switch {
		case b.Type == "locals":
			for name, attribute := range b.Body.Attributes {
				locals[name] = p.value(attribute.Expr, s).(cty.Value)
			}
		case b.Type == "resource" && b.Labels[0] == "terraform_data":
			name, at := b.Labels[1], b.Range()
			at.End = b.CloseBraceRange.End
			config.data[name] = string(at.SliceBytes([]byte(p.text)))
			output := p.value(b.Body.Attributes["input"].Expr, s).(cty.Value)
			applied[name] = cty.ObjectVal(map[string]cty.Value{"output": output})
			planned[name] = applied[name]
			if p.created[name] != config.data[name] {
				config.pending = append(config.pending, name)
				planned[name] = cty.ObjectVal(map[string]cty.Value{"output": cty.DynamicVal})
			}
		}
	}
	s = s.with("local", cty.ObjectVal(locals), cty.ObjectVal(locals))
	return s.with("terraform_data", cty.ObjectVal(planned), cty.ObjectVal(applied))
}

func (p *inProcess) lines(config *hclConfig, addr string, b *hclsyntax.Block) {
	config.lines[addr] = b.TypeRange.Start.Line
	for name, attribute := range b.Body.Attributes {
		config.lines[addr+"."+name] = attribute.SrcRange.Start.Line
	}
}

// resources returns the instances of a resource block.
func (p *inProcess) resources(addr string, b *hclsyntax.Block, s scopes) []tf.Resource {
	p.t.Helper()
	each := b.Body.Attributes["for_each"]
	if each == nil {
		return []tf.Resource{p.resource(addr, b, s)}
	}
	var all []tf.Resource
	for it := p.value(each.Expr, s).(cty.Value).ElementIterator(); it.Next(); {
		key, value := it.Element()
		instance := cty.ObjectVal(map[string]cty.Value{"key": key, "value": value})
		all = append(all, p.resource(fmt.Sprintf("%s[%q]", addr, key.AsString()), b, s.with("each", instance, instance)))
	}
	return all
}

func (p *inProcess) resource(addr string, b *hclsyntax.Block, s scopes) tf.Resource {
	p.t.Helper()
	r := tf.Resource{Addr: addr, Attrs: p.attrs(b, s)}
	if on := b.Body.Attributes["depends_on"]; on != nil {
		r.DependsOn = p.addresses(on.Expr)
	}
	for _, inner := range b.Body.Blocks {
		if inner.Type != "lifecycle" {
			p.t.Fatalf("no %s blocks in the process", inner.Type)
		}
		for name, attribute := range inner.Body.Attributes {
			switch name {
			case "create_before_destroy":
				r.CreateBeforeDestroy = p.value(attribute.Expr, s).(cty.Value).True()
			case "prevent_destroy":
				r.PreventDestroy = p.value(attribute.Expr, s).(cty.Value).True()
			case "ignore_changes":
				r.IgnoreChanges = p.addresses(attribute.Expr)
			}
		}
	}
	return r
}

// attrs returns the arguments of a block, without those of Terraform itself.
func (p *inProcess) attrs(b *hclsyntax.Block, s scopes) tf.Attrs {
	p.t.Helper()
	attrs := tf.Attrs{}
	attributes := maps.Clone(b.Body.Attributes)
	for _, meta := range []string{"for_each", "depends_on"} {
		if b.Type == "resource" {
			delete(attributes, meta)
		}
	}
	for name, attribute := range attributes {
		attrs[name] = p.value(attribute.Expr, s)
	}
	return attrs
}

// value returns the value of an expression: a cty.Value if it is known in a plan, otherwise a Ref or Later.
func (p *inProcess) value(e hclsyntax.Expression, s scopes) any {
	p.t.Helper()
	planned, diags := e.Value(s.plan)
	p.fatal(diags)
	applied, diags := e.Value(s.apply)
	p.fatal(diags)
	return unsettled(planned, applied)
}

// unsettled replaces values that a plan does not know by those of the apply.
func unsettled(planned, applied cty.Value) any {
	switch {
	case planned.IsWhollyKnown():
		return planned
	case !planned.IsKnown():
		return tf.Later{Value: applied}
	case planned.Type().IsObjectType(), planned.Type().IsMapType():
		items, known := map[string]any{}, applied.AsValueMap()
		for key, item := range planned.AsValueMap() {
			items[key] = unsettled(item, known[key])
		}
		return items
	}
	var items []any
	known := applied.AsValueSlice()
	for i, item := range planned.AsValueSlice() {
		items = append(items, unsettled(item, known[i]))
	}
	return items
}

func (p *inProcess) addresses(e hclsyntax.Expression) []string {
	p.t.Helper()
	list, diags := hcl.ExprList(e)
	if diags.HasErrors() {
		return []string{p.address(e)} // ignore_changes = all
	}
	var addrs []string
	for _, item := range list {
		addrs = append(addrs, p.address(item))
	}
	return addrs
}

// address returns a reference as it is written.
func (p *inProcess) address(e hcl.Expression) string {
	return string(e.Range().SliceBytes([]byte(p.text)))
}

func (p *inProcess) fatal(diags hcl.Diagnostics) {
	p.t.Helper()
	if diags.HasErrors() {
		p.t.Fatalf("%v in\n%s", diags, p.text)
	}
}
