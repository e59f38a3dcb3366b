<?php
// What WordPress makes of a feed: its own SimplePie, with its own cleaning of markup, over the files that are named; JSON to standard output.
// Usage: php wordpress.php /usr/share/wordpress/ FILE...
error_reporting(E_ALL & ~E_DEPRECATED);
define('ABSPATH', $argv[1]);
define('WPINC', 'wp-includes');
foreach (['compat', 'load', 'plugin', 'functions', 'l10n', 'formatting', 'kses', 'class-simplepie', 'class-wp-simplepie-sanitize-kses'] as $part) {
	require_once ABSPATH . WPINC . "/$part.php";
}
$out = [];
foreach (array_slice($argv, 2) as $file) {
	$feed = new SimplePie(); // as fetch_feed() sets it up, but for the fetching
	$feed->set_sanitize_class('WP_SimplePie_Sanitize_KSES');
	$feed->sanitize = new WP_SimplePie_Sanitize_KSES();
	$feed->enable_cache(false);
	$feed->set_raw_data(file_get_contents($file));
	$feed->init();
	$one = ['error' => $feed->error(), 'title' => $feed->get_title(), 'language' => $feed->get_language(), 'link' => $feed->get_permalink(), 'entries' => []];
	$feed->enable_order_by_date(false);
	foreach ($feed->get_items() as $item) {
		$language = $item->get_item_tags(SIMPLEPIE_NAMESPACE_DC_11, 'language');
		$one['entries'][] = [
			'id' => $item->get_id(), 'title' => html_entity_decode((string) $item->get_title(), ENT_QUOTES | ENT_HTML5), 'link' => html_entity_decode((string) $item->get_permalink()), 'content' => $item->get_content(),
			'description' => $item->get_description(), 'date' => $item->get_gmdate('c'), 'updated' => $item->get_updated_gmdate('c'),
			'language' => $language ? $language[0]['data'] : ($item->data['xml_lang'] ?? ''),
			'authors' => array_map(fn($a) => html_entity_decode((string) $a->get_name(), ENT_QUOTES | ENT_HTML5), $item->get_authors() ?? []),
			'categories' => array_map(fn($c) => html_entity_decode((string) $c->get_label(), ENT_QUOTES | ENT_HTML5), $item->get_categories() ?? []),
		];
	}
	$out[basename($file)] = $one;
}
echo json_encode($out, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
