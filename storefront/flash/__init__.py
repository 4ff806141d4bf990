"""Flash sales (限时秒杀): a few goods, cheaply, for hours, so many altogether and so many each."""
