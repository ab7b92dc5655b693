#!/usr/bin/perl
# Writes geo.mmdb from the tab-separated networks of geography.py on standard input:
# prefix, country, latitude, longitude, radius in km, AS number, organisation.
use strict;
use warnings;
use MaxMind::DB::Writer::Tree;

my $target = shift or die "usage: make_geo.pl OUTPUT < NETWORKS\n";

my %types = (
    country => 'map', iso_code => 'utf8_string',
    location => 'map', latitude => 'double', longitude => 'double', accuracy_radius => 'uint16',
    autonomous_system_number => 'uint32', autonomous_system_organization => 'utf8_string',
);

# The synthetic world lives in reserved ranges, which the writer would leave out.
my $tree = MaxMind::DB::Writer::Tree->new(
    ip_version => 6, record_size => 24, database_type => 'Postreeve-Demo-City',
    languages => ['en'], description => { en => 'Synthetic networks of the demo month' },
    map_key_type_callback => sub { $types{ $_[0] } },
    remove_reserved_networks => 0, merge_strategy => 'none',
);

while (my $line = <STDIN>) {
    chomp $line;
    my ($prefix, $country, $latitude, $longitude, $radius, $asn, $organisation) = split /\t/, $line;
    $tree->insert_network($prefix, {
        country => { iso_code => $country },
        location => { latitude => $latitude, longitude => $longitude, accuracy_radius => $radius },
        autonomous_system_number => $asn,
        autonomous_system_organization => $organisation,
    });
}

open my $output, '>:raw', $target or die "$target: $!\n";
$tree->write_tree($output);
close $output or die "$target: $!\n";
