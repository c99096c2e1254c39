package dev.javisor.bench;

import java.awt.Color;
import java.awt.Dimension;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.function.ToDoubleFunction;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler;
import org.w3c.dom.Document;

/** Draws a result: for each subject bars for the least, the median and the most. */
final class Chart {
  private static final int HEIGHT = 420;
  private static final int MARGIN = 160;
  private static final int SUBJECT = 150;
  private static final int LABEL_DEGREES = 20;
  private static final Color STRONG = new Color(0x1f5fa8);
  private static final Color PALE = new Color(0xa9c4e4);
  private static final String SVG = "http://www.w3.org/2000/svg";

  private Chart() {}

  /** The result as SVG; it must have values. */
  static String of(Result result) throws IOException {
    List<Figure> figures = result.measured();
    int width = MARGIN + SUBJECT * Math.max(3, figures.size());
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(width)
            .height(HEIGHT)
            .title(result.title())
            .yAxisTitle(result.unit())
            .build();
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
    chart.getStyler().setLegendLayout(Styler.LegendLayout.Horizontal);
    chart.getStyler().setXAxisLabelRotation(LABEL_DEGREES);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setSeriesColors(new Color[] {PALE, STRONG, PALE});
    List<String> subjects = figures.stream().map(Figure::subject).toList();
    chart.addSeries("least", subjects, values(figures, Samples::least));
    chart.addSeries("median", subjects, values(figures, Samples::median));
    chart.addSeries("most", subjects, values(figures, Samples::most));
    return svg(chart, width);
  }

  private static List<Double> values(List<Figure> figures, ToDoubleFunction<Samples> value) {
    return figures.stream().map(figure -> value.applyAsDouble(figure.samples())).toList();
  }

  private static String svg(CategoryChart chart, int width) throws IOException {
    SVGGraphics2D graphics = new SVGGraphics2D(document());
    chart.paint(graphics, width, HEIGHT);
    graphics.setSVGCanvasSize(new Dimension(width, HEIGHT));
    StringWriter text = new StringWriter();
    boolean stylesInCss = true;
    graphics.stream(text, stylesInCss);
    return text.toString();
  }

  private static Document document() throws IOException {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument(SVG, "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IOException(e);
    }
  }
}
