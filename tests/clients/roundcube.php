<?php
// What Roundcube leaves of a message's HTML: its own sanitiser and parser, with the options by which
// its message view calls them when a reader lets it show pictures. Argument: the folder of its classes.

define('RCUBE_CHARSET', 'UTF-8');
require '/usr/share/php/Masterminds/HTML5/autoload.php';
foreach (['rcube_utils', 'rcube_charset', 'rcube_washtml'] as $class) {
    require "$argv[1]/$class.php";
}

$washer = new rcube_washtml([
    'show_washed' => false,
    'add_comments' => false,
    'allow_remote' => true,
    'charset' => RCUBE_CHARSET,
    'cid_map' => [],
    'html_elements' => ['body'],
    'html_attribs' => ['rel', 'type'],
]);

echo $washer->wash(stream_get_contents(STDIN));
