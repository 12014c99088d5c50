/*
 * pathalias_scan.c - names, signs, and costs such as (HOURLY*4+LOW)
 */
#include "spool/import/pathalias_scan.h"

#include <string.h>

enum { NAME_BYTES_MAX = 200, DEPTH_MAX = 32 };

#define COST_MOST INT64_C(1000000000)

static const struct {
	const char *name;
	int64_t     cost;
} symbols[] = {
	{ "LOCAL", 25 },     { "DEDICATED", 95 },  { "DIRECT", 200 }, { "DEMAND", 300 },
	{ "HOURLY", 500 },   { "EVENING", 1800 },  { "DAILY", 5000 }, { "POLLED", 5000 },
	{ "WEEKLY", 30000 }, { "DEAD", 10000000 }, { "LOW", 5 },      { "HIGH", -5 },
	{ "FAST", -80 },
};

static int  peek(const struct pathalias_scanner *scanner);
static void advance(struct pathalias_scanner *scanner);
static bool skip_blanks(struct pathalias_scanner *scanner);
static void scan_name(struct pathalias_scanner *scanner, struct pathalias_token *token);
static bool sum(struct pathalias_scanner *scanner, unsigned depth, int64_t *value);
static bool product(struct pathalias_scanner *scanner, unsigned depth, int64_t *value);
static bool factor(struct pathalias_scanner *scanner, unsigned depth, int64_t *value);
static bool symbol(struct pathalias_scanner *scanner, int64_t *value);
static bool bad_cost(struct pathalias_scanner *scanner, const char *text);
static bool is_name_byte(int byte);

void
pathalias_scan(struct pathalias_scanner *scanner, struct pathalias_token *token)
{
	int byte;

	if (skip_blanks(scanner)) {
		*token = (struct pathalias_token){ .kind = PATHALIAS_LINE };
		return;
	}
	byte   = peek(scanner);
	*token = (struct pathalias_token){
		.kind = PATHALIAS_END,
		.word = { "", scanner->line, scanner->column },
	};
	if (byte < 0)
		return;
	if (byte == '(') {
		advance(scanner);
		token->kind = PATHALIAS_COST;
		if (!sum(scanner, 0, &token->cost) ||
		    (peek(scanner) != ')' && !bad_cost(scanner, "a cost has no end")))
			token->kind = PATHALIAS_WRONG;
		else
			advance(scanner);
	} else if (byte > 0 && strchr(",={}@!:%", byte) != NULL) {
		token->kind = PATHALIAS_SIGN;
		token->sign = (char)byte;
		advance(scanner);
	} else if (is_name_byte(byte) || byte == '"') {
		scan_name(scanner, token);
	} else {
		import_wrong(scanner->diagnostic, scanner->path, &token->word,
		             "this stands for nothing in a map");
		token->kind = PATHALIAS_WRONG;
	}
}

static int
peek(const struct pathalias_scanner *scanner)
{
	return scanner->rest.length > 0 ? scanner->rest.data[0] : -1;
}

static void
advance(struct pathalias_scanner *scanner)
{
	scanner->column++;
	if (scanner->rest.data[0] == '\n') {
		scanner->line++;
		scanner->column = 1;
	}
	scanner->rest.data++;
	scanner->rest.length--;
}

/* Blanks, comments, and line ends behind which a statement goes on; true: it ends here. */
static bool
skip_blanks(struct pathalias_scanner *scanner)
{
	bool ended = false;

	for (int byte = peek(scanner); byte >= 0; byte = peek(scanner)) {
		if (byte == '#')
			while (byte >= 0 && byte != '\n') {
				advance(scanner);
				byte = peek(scanner);
			}
		else if (byte == '\n')
			ended = true;
		else if (byte == ' ' || byte == '\t' || byte == '\r')
			ended = ended && scanner->column > 1;
		else
			return ended;
		if (byte >= 0 && byte != '#')
			advance(scanner);
	}
	return false;
}

static void
scan_name(struct pathalias_scanner *scanner, struct pathalias_token *token)
{
	struct buffer text;
	bool          quoted = peek(scanner) == '"';
	int           byte;

	buffer_init(&text);
	if (quoted)
		advance(scanner);
	for (byte = peek(scanner); text.length <= NAME_BYTES_MAX; byte = peek(scanner)) {
		if (quoted ? byte < ' ' || byte >= 0x7f || byte == '"' : !is_name_byte(byte))
			break;
		buffer_append_u8(&text, (uint8_t)byte);
		advance(scanner);
	}
	token->kind      = PATHALIAS_NAME;
	token->word.text = arena_text(scanner->arena, buffer_text(&text));
	if (text.length > NAME_BYTES_MAX || (quoted && byte != '"')) {
		import_wrong(scanner->diagnostic, scanner->path, &token->word,
		             quoted ? "a quoted name has no end" : "a name of more than %d bytes",
		             NAME_BYTES_MAX);
		token->kind = PATHALIAS_WRONG;
	} else if (quoted) {
		advance(scanner);
	}
	buffer_release(&text);
}

static bool
is_name_byte(int byte)
{
	return byte > ' ' && byte < 0x7f && strchr(",={}@!:%#()\"", byte) == NULL;
}

/* --- costs: sum = product { ("+" | "-") product } ------------------------------------------- */

static bool
sum(struct pathalias_scanner *scanner, unsigned depth, int64_t *value)
{
	int64_t other;

	if (depth > DEPTH_MAX)
		return bad_cost(scanner, "too many parentheses in a cost");
	if (!product(scanner, depth, value))
		return false;
	for (skip_blanks(scanner); peek(scanner) == '+' || peek(scanner) == '-';
	     skip_blanks(scanner)) {
		bool minus = peek(scanner) == '-';

		advance(scanner);
		if (!product(scanner, depth, &other))
			return false;
		*value += minus ? -other : other;
		if (*value > COST_MOST || *value < -COST_MOST)
			return bad_cost(scanner, "a cost is too large");
	}
	return true;
}

static bool
product(struct pathalias_scanner *scanner, unsigned depth, int64_t *value)
{
	int64_t other;

	if (!factor(scanner, depth, value))
		return false;
	for (skip_blanks(scanner); peek(scanner) == '*' || peek(scanner) == '/';
	     skip_blanks(scanner)) {
		bool divides = peek(scanner) == '/';

		advance(scanner);
		if (!factor(scanner, depth, &other))
			return false;
		if (divides && other == 0)
			return bad_cost(scanner, "a cost is divided by nothing");
		*value = divides ? *value / other : *value * other; /* both within COST_MOST */
		if (*value > COST_MOST || *value < -COST_MOST)
			return bad_cost(scanner, "a cost is too large");
	}
	return true;
}

static bool
factor(struct pathalias_scanner *scanner, unsigned depth, int64_t *value)
{
	*value = 0;
	skip_blanks(scanner);
	if (peek(scanner) == '(') {
		advance(scanner);
		if (!sum(scanner, depth + 1, value))
			return false;
		if (peek(scanner) != ')')
			return bad_cost(scanner, "a cost has no end");
		advance(scanner);
		return true;
	}
	if (peek(scanner) < '0' || peek(scanner) > '9')
		return symbol(scanner, value);
	while (peek(scanner) >= '0' && peek(scanner) <= '9') {
		*value = *value * 10 + (peek(scanner) - '0');
		if (*value > COST_MOST)
			return bad_cost(scanner, "a cost is too large");
		advance(scanner);
	}
	return true;
}

static bool
symbol(struct pathalias_scanner *scanner, int64_t *value)
{
	char   text[16] = "";
	size_t length   = 0;

	while (length < sizeof(text) - 1 && peek(scanner) >= 'A' && peek(scanner) <= 'Z') {
		text[length++] = (char)peek(scanner);
		advance(scanner);
	}
	for (size_t i = 0; length > 0 && i < sizeof(symbols) / sizeof(symbols[0]); i++)
		if (strcmp(symbols[i].name, text) == 0) {
			*value = symbols[i].cost;
			return true;
		}
	return bad_cost(scanner, length > 0 ? "no such name of a cost" : "this is no cost");
}

static bool
bad_cost(struct pathalias_scanner *scanner, const char *text)
{
	struct import_word place = { "", scanner->line, scanner->column };

	import_wrong(scanner->diagnostic, scanner->path, &place, "%s", text);
	return false;
}
