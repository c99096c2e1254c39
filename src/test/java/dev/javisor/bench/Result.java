package dev.javisor.bench;

import java.util.List;

/**
 * What a measurement found.
 *
 * @param title what was measured, and how
 * @param unit of all figures
 * @param figures by subject, what Javisor is compared with first
 * @param goals what was to be reached
 */
public record Result(String title, String unit, List<Figure> figures, List<Goal> goals) {}
