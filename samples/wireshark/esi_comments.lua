-- esi_comments.lua - fields for the comments that esmtp-rewriter writes into pcapng files.
--
-- A line of a comment such as
--
--     esi verdict=mask rule="mask-banner" config=asa.cfg:12 basis=likely before="..." after="..."
--
-- becomes one item below "Firewall", with a field esi.KEY a pair. A frame has as many values as it
-- has lines: in Wireshark 4.0 `esi.verdict == "mask"` holds if any of them is that.
--
-- Bytes of the wire stay escaped as in the analyzer's JSON (\xHH, \\); only \x22 becomes a quote.
-- Lines that are not of this form are left alone, whoever wrote them. A comment that was too long
-- for the file ends in the middle of a line, which is read as far as it goes.

local esi = Proto("esi", "Firewall (inspect esmtp)")

local fields = {
    verdict = ProtoField.string("esi.verdict", "Verdict"),
    made = ProtoField.string("esi.made", "Made by the firewall"),
    rule = ProtoField.string("esi.rule", "Rule"),
    class = ProtoField.uint32("esi.class", "Match of the map"),
    config = ProtoField.string("esi.config", "Configuration"),
    basis = ProtoField.string("esi.basis", "Basis"),
    before = ProtoField.string("esi.before", "Before"),
    after = ProtoField.string("esi.after", "After"),
    length = ProtoField.uint32("esi.length", "Length of all of it"),
    dropped = ProtoField.bool("esi.dropped", "Dropped"),
    counterfactual = ProtoField.bool("esi.counterfactual", "Could not have come about"),
    why = ProtoField.string("esi.why", "Why"),
}
-- What a key's value is; keys that are not here stand in the item's text alone.
local words = { dropped = true, counterfactual = true }
local numbers = { class = true, length = true }

esi.fields = fields

local comments = Field.new("frame.comment")

-- plain - the text of a quoted value. Backslashes of the text itself come in pairs.
local function plain(text)
    return (text:gsub("\\(.)(%x?%x?)", function(what, digits)
        if what == "x" and digits == "22" then
            return '"'
        end
    end))
end

-- pair_at - the pair or word at `at`: key, value, what follows. Nil: there is none, or not all.
local function pair_at(line, at)
    local _, stop, key, value = line:find('^ ([a-z]+)="([^"]*)"', at)
    if not stop then
        _, stop, key, value = line:find('^ ([a-z]+)=([^ "]+)', at)
    end
    if not stop then
        _, stop, key = line:find("^ ([a-z]+)", at)
        if not stop or not words[key] then
            return nil
        end
        return key, true, stop + 1
    end
    return key, plain(value), stop + 1
end

-- pairs_of - those of a line, in order. Nil: it is none of ours.
local function pairs_of(line)
    if not line:find("^esi [a-z]+=") and not line:find("^esi counterfactual ") then
        return nil
    end
    local found, at = {}, 4
    while at <= #line do
        local key, value, behind = pair_at(line, at)
        if not key or (behind <= #line and line:sub(behind, behind) ~= " ") then
            break
        end
        found[#found + 1] = { key = key, value = value }
        at = behind
    end
    return #found > 0 and found or nil
end

local function add(tree, pair)
    local value = pair.value
    if numbers[pair.key] then
        value = tonumber(value)
        if not value or value < 0 or value > 4294967295 or value % 1 ~= 0 then
            return
        end
    elseif words[pair.key] then
        value = true
    end
    if fields[pair.key] then
        tree:add(fields[pair.key], value):set_generated()
    end
end

function esi.dissector(_, _, tree)
    local top
    for _, comment in ipairs({ comments() }) do
        for line in comment.value:gmatch("[^\r\n]+") do
            local found = pairs_of(line)
            if found then
                top = top or tree:add(esi):set_generated()
                local item = top:add(esi, line:sub(5)):set_generated()
                for _, pair in ipairs(found) do
                    add(item, pair)
                end
            end
        end
    end
end

register_postdissector(esi)
