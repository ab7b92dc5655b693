#!/usr/bin/perl
# Writes a small synthetic MMDB from a table, for tests and the demonstration.
#
#   write_mmdb.pl OUTPUT.mmdb [4|6] < TABLE.tsv
#
# The first line names the columns. The first column is `network` (CIDR); every
# other is a path into the record and a type: `country.iso_code:utf8_string`,
# `location.latitude:double`, `asn:uint32`. An empty cell leaves its field out.
# Lines starting with # are skipped. Types are those of MaxMind::DB::Writer::Tree.
#
# One table format gives every schema: nested paths make the nested one, plain
# names (`country_code:utf8_string`, `asn:utf8_string`) the flat ones.
use strict;
use warnings;

use MaxMind::DB::Writer::Tree;

my ($output, $ip_version) = @ARGV;
die "usage: write_mmdb.pl OUTPUT.mmdb [4|6] < TABLE.tsv\n" unless defined $output;
$ip_version //= 6;

sub read_row {
    while (defined(my $line = <STDIN>)) {
        $line =~ s/\r?\n\z//;
        next if $line eq q{} || $line =~ /^#/;
        return split /\t/, $line, -1;
    }
    return;
}

my ($first, @columns) = read_row();
die "the first column must be 'network'\n" unless defined $first && $first eq 'network';

my %type_of;
my @paths;
for my $column (@columns) {
    my ($path, $type) = $column =~ /^([a-z_.]+):([a-z0-9_]+)\z/
        or die "not a column name: '$column'\n";
    my @keys = split /\./, $path;
    $type_of{ $keys[-1] } = $type;
    $type_of{$_} = 'map' for @keys[ 0 .. $#keys - 1 ];
    push @paths, \@keys;
}

my $tree = MaxMind::DB::Writer::Tree->new(
    ip_version               => $ip_version,
    record_size              => 24,
    database_type            => 'Postreeve-Synthetic',
    languages                => ['en'],
    description              => { en => 'synthetic, made by Postreeve' },
    alias_ipv6_to_ipv4       => 0,
    remove_reserved_networks => 0,   # tests use the documentation networks
    map_key_type_callback    => sub { $type_of{ $_[0] } // 'utf8_string' },
);

while (my ($network, @cells) = read_row()) {
    my %record;
    for my $i (0 .. $#paths) {
        my $cell = $cells[$i];
        next if !defined $cell || $cell eq q{};
        my @keys = @{ $paths[$i] };
        my $last = pop @keys;
        my $map  = \%record;
        $map = $map->{$_} //= {} for @keys;
        $map->{$last} = $cell;
    }
    $tree->insert_network($network, \%record);
}

open my $file, '>:raw', $output or die "$output: $!\n";
$tree->write_tree($file);
close $file or die "$output: $!\n";
